// What `bare` starts: the app in two scripts, which takes a third of the time, where they fit what is
// installed; the modules that they were made of where not. `npm run build` puts this into the app's
// `dist`, with the app's name in place of NAME.

/** The folder in which npm has put the native addons, as a URL. */
let modules = null

/** Loads the native addon of the package called `name`; the scripts have all but these. */
exports.loadAddon = (name) => {
  // an addon lies in prebuilds/<host> of its package
  return require(new URL(`${name}/prebuilds/${require.addon.host}/${name}.bare`, modules).href)
}

if (fits()) require('./app.cjs').start(exports)
else require('./NAME/index.js')

// The scripts are there, and so are the addons, in the versions that they were made with: another install
// may have brought others. Pear 1 and 2 load modules and addons in a way of their own, which knows of no
// addon but those that modules name.
function fits() {
  if ('Pear' in globalThis) return false
  try {
    const files = ['./app.cjs', './later.cjs'].map((name) => new URL(name, module.url))
    if (!files.every((url) => module.protocol.exists(url))) return false
    const versions = Object.entries(read(new URL('./addons.json', module.url)))
    modules = folderOf(versions[0][0])
    return versions.every(
      ([name, version]) => read(new URL(`${name}/package.json`, modules)).version === version
    )
  } catch {
    // where something is missing, or cannot be read, the modules do without it, or say what it is
    return false
  }
}

// npm puts a package into the first `node_modules` from here upwards that has none of another version
function folderOf(name) {
  let folder = new URL('../node_modules/', module.url)
  while (!module.protocol.exists(new URL(`${name}/package.json`, folder))) {
    const above = new URL('../../node_modules/', folder)
    if (above.href === folder.href) return null
    folder = above
  }
  return folder
}

function read(url) {
  return JSON.parse(module.protocol.read(url))
}
