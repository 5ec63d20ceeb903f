// Runs the modules of an app, which stand below as functions, from the one that exports.main names: Bare's
// own loader takes longer to find a module than most need to run. What is not needed at once stands in
// later.cjs.
const modules = {}
const loaded = {}
let addons = null

/** Runs the app. `loader.loadAddon` loads the native addon of the package that it is told the name of. */
exports.start = (loader) => {
  addons = loader
  load(exports.main)
}

function load(key) {
  if (key in loaded) return loaded[key].exports
  if (!(key in modules)) Object.assign(modules, require('./later.cjs'))
  const [run, imports] = modules[key]
  const own = { exports: {}, url: module.url.href }
  loaded[key] = own
  try {
    run.call(own.exports, (name) => loadNamed(imports, name), own, own.exports)
  } catch (err) {
    delete loaded[key]
    throw err
  }
  return own.exports
}

function loadNamed(imports, name) {
  if (name === 'addon-loader') return addons
  const to = imports[name]
  return load(typeof to === 'string' ? to : (to[Bare.platform] ?? to.default))
}
