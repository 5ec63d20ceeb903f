import { ofEach } from '../harness/builds.ts'
import type { Figure } from '../harness/figure.ts'
import { startGuideWriterOf } from '../harness/guide.ts'
import { alternate, ownSamplesOf, samplesOf } from '../harness/measure.ts'
import { loopback } from '../harness/network.ts'
import { startWriterOf } from '../harness/pair.ts'
import { catchUp as read, guideCatchUp } from '../harness/reading.ts'
import { scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'

export const catchUp: Figure = {
  name: 'catch-up',
  about: 'a new reader of 100,000 blocks on loopback',
  measure: ({ rounds, scale, builds }) =>
    scoped(async (scope) => {
      const blocks = scale(100_000)
      const slow = { loop: scale(5000), download: scale(20_000) }
      const network = await loopback(scope)
      const apps = await ofEach(builds, async ({ writer, reader }) => {
        const served = await startWriterOf(scope, network, blocks, LINE_BYTES, { app: writer })
        return () => read(network, served, blocks, LINE_BYTES, { app: reader })
      })
      const guide = await startGuideWriterOf(scope, network, slow.download, LINE_BYTES)
      const readings = await alternate(rounds, {
        ...apps,
        'the guide’s loop': () => guideCatchUp(network, guide, 'loop', slow.loop, LINE_BYTES),
        'plain download': () => guideCatchUp(network, guide, 'download', slow.download, LINE_BYTES)
      })
      return [
        {
          name: 'catch-up',
          title: 'catch-up on loopback',
          unit: 'blocks/s',
          ...samplesOf(readings, ({ rate }) => rate),
          target: { of: 'ratio', atLeast: 25 }
        },
        {
          name: 'catch-up-reader',
          title: 'the same, the reader’s processor time a block',
          unit: 'µs',
          ...ownSamplesOf(readings, ({ reader }) => reader)
        },
        {
          name: 'catch-up-writer',
          title: 'the same, the writer’s processor time a block',
          unit: 'µs',
          ...ownSamplesOf(readings, ({ writer }) => writer)
        }
      ]
    })
}
