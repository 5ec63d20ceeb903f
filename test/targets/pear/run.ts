// Runs an app as `pear run --dev` of Pear 2 does, under the `Pear` global that its own packages
// build, but without its sidecar process:
//   bare test/targets/pear/run.ts <app folder> [args]
// PEAR_STORE names the app's storage, PEAR_BOOTSTRAP the DHT nodes that Pear was told to use.
import os from 'bare-os'
import path from 'bare-path'
import process from 'bare-process'
import { pathToFileURL } from 'bare-url'

const dir = path.resolve(Bare.argv[2] ?? '.')
const args = Bare.argv.slice(3)
const store = os.getEnv('PEAR_STORE') ?? path.join(os.homedir(), 'pear', 'app-storage')

// what Pear's boot script leaves behind before it loads the API
class RTI {
  static RTI = {
    checkout: { key: null, length: null, fork: null },
    mount: pathToFileURL(path.join(os.homedir(), 'pear')).href
  }
}
Object.assign(globalThis, { Pear: new RTI() })
const { default: API } = await import('pear-api')
const { default: State } = await import('pear-state')

const link = pathToFileURL(dir).href
const state = new State({ dir, link, flags: { store, dev: true }, args, run: true })
state.update({ dht: { nodes: [], bootstrap: bootstrapNodes() } })
await State.build(state)
state.update({ config: State.configFrom(state) })
const pear = new API({ ref() {}, unref() {} }, state)
Object.assign(globalThis, { Pear: pear })

// `pear shutdown`, which reaches an app through the sidecar; Windows has no such signal
if (os.platform() !== 'win32') process.on('SIGUSR2', () => pear.exit(0))

await import(pathToFileURL(path.join(dir, state.entry)).href)

function bootstrapNodes(): { host: string; port: number }[] | undefined {
  return os
    .getEnv('PEAR_BOOTSTRAP')
    ?.split(',')
    .map((node) => {
      const [host = '', port = ''] = node.split(':')
      return { host, port: Number(port) }
    })
}
