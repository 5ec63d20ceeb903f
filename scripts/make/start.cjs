// What an executable runs first. bare-build 0.2 has its own, which writes the native addons anew at
// every start, over those that another process of the same executable has mapped: that one dies of
// SIGBUS. This one leaves alone what is there, and trusts only a folder that no other user can
// write to. It takes the place of the other in the runtime, so it may not be longer.
const fs = require('bare-fs')
const os = require('bare-os')
const { dirname, join } = require('bare-path')

exports.start = async (buffer) => {
  const bundle = require('bare-bundle').from(Buffer.from(buffer))
  const me = os.userInfo().uid
  const root = join(os.tmpdir(), `pear-${me}-${bundle.id}`)
  const app = await require('bare-unpack')(bundle, { files: false, addons: true }, (key) => {
    const file = join(root, key)
    fs.mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // Windows has no owner to tell, and a folder of its own for each user
    const { uid, mode } = fs.lstatSync(root)
    if (uid && (uid !== me || mode & 18)) throw Error(root + ' is not yours')
    // a power cut may leave an empty file
    if (!fs.existsSync(file) || !fs.lstatSync(file).size) {
      fs.writeFileSync(file + os.pid(), bundle.read(key))
      fs.renameSync(file + os.pid(), file)
    }
    return require('bare-url').pathToFileURL(file)
  })
  require('bare-module').load(new URL('bare:/app.bundle'), app)
}
