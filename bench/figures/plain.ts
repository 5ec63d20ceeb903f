import type { Figure } from '../harness/figure.ts'
import { startGuideWriterOf } from '../harness/guide.ts'
import { alternate } from '../harness/measure.ts'
import { loopback } from '../harness/network.ts'
import { catchUpRate, guideRate } from '../harness/reading.ts'
import { scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'

/** Where the writer speaks nothing but Hypercore's own replication. */
export const plain: Figure = {
  name: 'plain',
  about: 'reader-app on 20,000 blocks of the guide’s writer, without the feed',
  measure: ({ rounds, scale }) =>
    scoped(async (scope) => {
      const blocks = scale(20_000)
      const network = await loopback(scope)
      const guide = await startGuideWriterOf(scope, network, blocks, LINE_BYTES)
      const { pair, ...baselines } = await alternate(rounds, {
        pair: () => catchUpRate(network, guide, blocks, LINE_BYTES),
        'the guide’s loop': () => guideRate(network, guide, 'loop', blocks, LINE_BYTES),
        'plain download': () => guideRate(network, guide, 'download', blocks, LINE_BYTES)
      })
      return [
        {
          name: 'plain',
          title: 'catch-up from the guide’s writer',
          unit: 'blocks/s',
          pair,
          baselines,
          target: { of: 'ratio', atLeast: 2.5 }
        }
      ]
    })
}
