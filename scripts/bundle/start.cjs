// What `bare` starts: the app in one file, app.bundle, which takes half of the time, where it fits what
// is installed; the modules that it was made of where not. `npm run build` puts this into the app's
// `dist`, with the app's name in place of NAME.

/** The folder in which npm has put the native addons. */
let modules = ''

/** Loads the native addon of the package called `name`; the bundle has all but these. */
exports.loadAddon = (name) => require.addon(name, `${modules}/`)

if (fits()) require('./app.bundle')
else require('./NAME/index.js')

// The bundle is there, and so are the addons, in the versions that it was made with: another install
// may have brought others. Each version is looked at by itself, since to resolve an addon takes longer
// than to load a small one. Pear 1 and 2 load modules and addons in a way of their own, which knows of no
// addon but those that modules name.
function fits() {
  if ('Pear' in globalThis) return false
  try {
    require.resolve('./app.bundle')
    const versions = Object.entries(require('./addons.json'))
    modules = folderOf(versions[0][0])
    return versions.every(
      ([name, version]) => require(`${modules}/${name}/package.json`).version === version
    )
  } catch {
    // where something is missing, or cannot be read, the modules do without it, or say what it is
    return false
  }
}

// an addon lies in prebuilds/<host> of its package
function folderOf(name) {
  const file = require.addon.resolve(name).replaceAll('\\', '/')
  return file.slice(0, file.lastIndexOf(`/${name}/prebuilds/`))
}
