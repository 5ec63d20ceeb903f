import { hook } from 'brittle'
import createTestnet from 'hyperdht/testnet'

/** With fewer nodes than this, peers on one machine now and then fail to find each other. */
const NODES = 10

const testnet = await createTestnet(NODES)

/** The private DHT of this process, as `--bootstrap` takes it. */
export const bootstrap = testnet.bootstrap.map(({ host, port }) => `${host}:${port}`).join(',')

/** Test files of this process that use it. */
let files = 0

/** To be called after the last test of a file: its process ends only once the DHT has. */
export function closeTestnet(): void {
  files++
  hook('teardown: the private DHT', () => (--files === 0 ? testnet.destroy() : undefined))
}
