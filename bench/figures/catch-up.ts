import type { Figure } from '../harness/figure.ts'
import { startGuideWriterOf } from '../harness/guide.ts'
import { alternate } from '../harness/measure.ts'
import { loopback } from '../harness/network.ts'
import { startWriterOf } from '../harness/pair.ts'
import { catchUpRate, guideRate } from '../harness/reading.ts'
import { scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'

export const catchUp: Figure = {
  name: 'catch-up',
  about: 'a new reader of 100,000 blocks on loopback',
  measure: ({ rounds, scale }) =>
    scoped(async (scope) => {
      const blocks = scale(100_000)
      const slow = { loop: scale(5000), download: scale(20_000) }
      const network = await loopback(scope)
      const writer = await startWriterOf(scope, network, blocks, LINE_BYTES)
      const guide = await startGuideWriterOf(scope, network, slow.download, LINE_BYTES)
      const { pair, ...baselines } = await alternate(rounds, {
        pair: () => catchUpRate(network, writer, blocks, LINE_BYTES),
        'the guide’s loop': () => guideRate(network, guide, 'loop', slow.loop, LINE_BYTES),
        'plain download': () => guideRate(network, guide, 'download', slow.download, LINE_BYTES)
      })
      return [
        {
          name: 'catch-up',
          title: 'catch-up on loopback',
          unit: 'blocks/s',
          pair,
          baselines,
          target: { of: 'ratio', atLeast: 25 }
        }
      ]
    })
}
