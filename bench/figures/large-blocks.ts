import { ofEach } from '../harness/builds.ts'
import type { Figure } from '../harness/figure.ts'
import { startGuideWriterOf } from '../harness/guide.ts'
import { alternate, samplesOf } from '../harness/measure.ts'
import { loopback } from '../harness/network.ts'
import { startWriterOf } from '../harness/pair.ts'
import { catchUp, guideCatchUp } from '../harness/reading.ts'
import { scoped } from '../harness/scope.ts'

const BLOCK_BYTES = 65_536

export const largeBlocks: Figure = {
  name: 'large-blocks',
  about: 'a new reader of blocks of 64 KiB on loopback',
  measure: ({ rounds, scale, builds }) =>
    scoped(async (scope) => {
      const blocks = scale(4096)
      const network = await loopback(scope)
      const guide = await startGuideWriterOf(scope, network, blocks, BLOCK_BYTES)
      const apps = await ofEach(builds, async ({ writer, reader }) => {
        const served = await startWriterOf(scope, network, blocks, BLOCK_BYTES, { app: writer })
        return () => catchUp(network, served, blocks, BLOCK_BYTES, { app: reader })
      })
      const readings = await alternate(rounds, {
        ...apps,
        'the guide’s loop': () => guideCatchUp(network, guide, 'loop', blocks, BLOCK_BYTES),
        'plain download': () => guideCatchUp(network, guide, 'download', blocks, BLOCK_BYTES)
      })
      return [
        {
          name: 'large-blocks',
          title: 'catch-up in blocks of 64 KiB',
          unit: 'MB/s',
          ...samplesOf(readings, ({ rate }) => (rate * BLOCK_BYTES) / 1e6),
          target: { of: 'median', atLeast: 80 }
        }
      ]
    })
}
