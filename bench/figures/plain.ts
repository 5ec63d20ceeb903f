import { ofEach } from '../harness/builds.ts'
import type { Figure } from '../harness/figure.ts'
import { startGuideWriterOf } from '../harness/guide.ts'
import { alternate, samplesOf } from '../harness/measure.ts'
import { loopback } from '../harness/network.ts'
import { catchUp, guideCatchUp } from '../harness/reading.ts'
import { scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'

/** Where the writer speaks nothing but Hypercore's own replication. */
export const plain: Figure = {
  name: 'plain',
  about: 'reader-app on 20,000 blocks of the guide’s writer, without the feed',
  measure: ({ rounds, scale, builds }) =>
    scoped(async (scope) => {
      const blocks = scale(20_000)
      const network = await loopback(scope)
      const guide = await startGuideWriterOf(scope, network, blocks, LINE_BYTES)
      const readings = await alternate(rounds, {
        ...(await ofEach(builds, ({ reader: app }) => {
          return () => catchUp(network, guide, blocks, LINE_BYTES, { app })
        })),
        'the guide’s loop': () => guideCatchUp(network, guide, 'loop', blocks, LINE_BYTES),
        'plain download': () => guideCatchUp(network, guide, 'download', blocks, LINE_BYTES)
      })
      return [
        {
          name: 'plain',
          title: 'catch-up from the guide’s writer',
          unit: 'blocks/s',
          ...samplesOf(readings, ({ rate }) => rate),
          target: { of: 'ratio', atLeast: 2.5 }
        }
      ]
    })
}
