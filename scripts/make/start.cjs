// What an executable runs first. bare-build 0.2 has its own, which writes the native addons anew at
// every start, over those that another process of the same executable has mapped: that one dies of
// SIGBUS. This one leaves alone what is there, and trusts only a folder that no other user can write to.
const Bundle = require('bare-bundle')
const fs = require('bare-fs')
const Module = require('bare-module')
const os = require('bare-os')
const path = require('bare-path')
const unpack = require('bare-unpack')
const { pathToFileURL } = require('bare-url')

const OTHERS_WRITE = 0o022

exports.start = async (buffer) => {
  const bundle = Bundle.from(Buffer.from(buffer))
  Module.load(new URL('bare:/app.bundle'), await withAddons(bundle))
}

async function withAddons(bundle) {
  try {
    const me = user()
    const root = path.join(os.tmpdir(), `pear-${me}-${bundle.id}`)
    return await unpack(bundle, { files: false, addons: true }, (key) => {
      const file = path.join(root, key)
      fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
      // Windows has no owner to tell, and a folder of its own for each user
      const { uid, mode } = fs.lstatSync(root)
      if (uid && (uid !== me || mode & OTHERS_WRITE)) throw new Error(`${root} is not yours`)
      // a power cut may leave an empty file
      if (!fs.existsSync(file) || !fs.lstatSync(file).size) {
        fs.writeFileSync(file + os.pid(), bundle.read(key))
        fs.renameSync(file + os.pid(), file)
      }
      return pathToFileURL(file)
    })
  } catch (err) {
    const name = path.basename(os.execPath())
    console.error(`${name}: ${err.message}: set TMPDIR to a folder that is yours and has room`)
    Bare.exit(1)
  }
}

// who makes a folder owns it: the list of users need not name this one, as in a container
function user() {
  try {
    return os.userInfo().uid
  } catch {
    const probe = path.join(os.tmpdir(), `pear-${os.pid()}-${Math.random()}`)
    fs.mkdirSync(probe)
    const { uid } = fs.lstatSync(probe)
    fs.rmdirSync(probe)
    return uid
  }
}
