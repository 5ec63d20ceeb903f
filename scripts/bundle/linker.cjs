// Runs the modules of packages that stand below as functions: Bare's own loader takes longer to find a
// module than most need to run.
const modules = {}
const loaded = {}

exports.add = (more) => Object.assign(modules, more)
exports.load = load

function load(key) {
  if (key in loaded) return loaded[key].exports
  const [run, imports] = modules[key]
  const module = { exports: {} }
  loaded[key] = module
  try {
    run.call(module.exports, (name) => load1(imports, name), module, module.exports)
  } catch (err) {
    delete loaded[key]
    throw err
  }
  return module.exports
}

function load1(imports, name) {
  if (name === 'addon-loader') return require('addon-loader')
  const to = imports[name]
  return load(typeof to === 'string' ? to : (to[Bare.platform] ?? to.default))
}
