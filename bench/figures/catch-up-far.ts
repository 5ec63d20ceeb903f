import { ofEach } from '../harness/builds.ts'
import { distant } from '../harness/distance.ts'
import type { Figure } from '../harness/figure.ts'
import { type Way, startGuideWriterOf } from '../harness/guide.ts'
import { alternate, samplesOf } from '../harness/measure.ts'
import { startWriterOf } from '../harness/pair.ts'
import { catchUp, guideCatchUp } from '../harness/reading.ts'
import { type Scope, scoped } from '../harness/scope.ts'
import { LINE_BYTES, ROUND_TRIP_MS } from '../harness/sizes.ts'

/** Packets of a million that the link loses. */
const LOSS = 5000

export const catchUpFar: Figure = {
  name: 'catch-up-far',
  about: 'a new reader of 100,000 blocks at 50 ms of round trip, without and with loss',
  measure: ({ rounds, scale, builds }) =>
    scoped(async (scope) => {
      const blocks = scale(100_000)
      const slow = { loop: scale(100), download: scale(5000) }
      const clean = await openLink(scope, 0)
      const lossy = await openLink(scope, LOSS)
      const readings = await alternate(rounds, {
        ...clean.apps,
        loop: () => clean.guide('loop'),
        download: () => clean.guide('download'),
        'pair, with loss': lossy.apps.pair,
        'before, with loss': lossy.apps.before,
        'loop, with loss': () => lossy.guide('loop')
      })
      const { pair, before, loop, download } = readings
      return [
        {
          name: 'catch-up-far',
          title: 'catch-up at 50 ms',
          unit: 'blocks/s',
          ...samplesOf(
            { pair, before, 'the guide’s loop': loop, 'plain download': download },
            ({ rate }) => rate
          ),
          target: { of: 'ratio', atLeast: 1000 }
        },
        {
          name: 'catch-up-loss',
          title: 'catch-up at 50 ms, 0.5 % loss',
          unit: 'blocks/s',
          ...samplesOf(
            {
              pair: readings['pair, with loss'],
              before: readings['before, with loss'],
              'this pair without loss': pair,
              'the guide’s loop': readings['loop, with loss']
            },
            ({ rate }) => rate
          ),
          target: { of: 'ratio', atLeast: 0.85 }
        }
      ]

      async function openLink(scope: Scope, lossPerMillion: number) {
        const network = await distant(scope, { roundTripMs: ROUND_TRIP_MS, lossPerMillion })
        const guide = await startGuideWriterOf(scope, network, slow.download, LINE_BYTES)
        return {
          apps: await ofEach(builds, async ({ writer, reader }) => {
            const served = await startWriterOf(scope, network, blocks, LINE_BYTES, { app: writer })
            return () => catchUp(network, served, blocks, LINE_BYTES, { app: reader })
          }),
          guide: (way: Way) => guideCatchUp(network, guide, way, slow[way], LINE_BYTES)
        }
      }
    })
}
