import type { Figure } from '../harness/figure.ts'
import { type Way, startGuideWriterOf } from '../harness/guide.ts'
import { alternate } from '../harness/measure.ts'
import { loopback } from '../harness/network.ts'
import { startWriterOf } from '../harness/pair.ts'
import { catchUpRate, guideRate } from '../harness/reading.ts'
import { scoped } from '../harness/scope.ts'

const BLOCK_BYTES = 65_536

export const largeBlocks: Figure = {
  name: 'large-blocks',
  about: 'a new reader of blocks of 64 KiB on loopback',
  measure: ({ rounds, scale }) =>
    scoped(async (scope) => {
      const blocks = scale(4096)
      const network = await loopback(scope)
      const writer = await startWriterOf(scope, network, blocks, BLOCK_BYTES)
      const guide = await startGuideWriterOf(scope, network, blocks, BLOCK_BYTES)
      const megabytes = (rate: number): number => (rate * BLOCK_BYTES) / 1e6
      const viaGuide = async (way: Way): Promise<number> =>
        megabytes(await guideRate(network, guide, way, blocks, BLOCK_BYTES))
      const { pair, ...baselines } = await alternate(rounds, {
        pair: async () => megabytes(await catchUpRate(network, writer, blocks, BLOCK_BYTES)),
        'the guide’s loop': () => viaGuide('loop'),
        'plain download': () => viaGuide('download')
      })
      return [
        {
          name: 'large-blocks',
          title: 'catch-up in blocks of 64 KiB',
          unit: 'MB/s',
          pair,
          baselines,
          target: { of: 'median', atLeast: 80 }
        }
      ]
    })
}
