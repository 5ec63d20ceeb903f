import { distant } from '../harness/distance.ts'
import type { Figure } from '../harness/figure.ts'
import { type Way, startGuideWriterOf } from '../harness/guide.ts'
import { alternate } from '../harness/measure.ts'
import { startWriterOf } from '../harness/pair.ts'
import { catchUpRate, guideRate } from '../harness/reading.ts'
import { type Scope, scoped } from '../harness/scope.ts'
import { LINE_BYTES, ROUND_TRIP_MS } from '../harness/sizes.ts'

/** Packets of a million that the link loses. */
const LOSS = 5000

export const catchUpFar: Figure = {
  name: 'catch-up-far',
  about: 'a new reader of 100,000 blocks at 50 ms of round trip, without and with loss',
  measure: ({ rounds, scale }) =>
    scoped(async (scope) => {
      const blocks = scale(100_000)
      const slow = { loop: scale(100), download: scale(5000) }
      const clean = await openLink(scope, 0)
      const lossy = await openLink(scope, LOSS)
      const rates = await alternate(rounds, {
        pair: () => clean.pair(),
        loop: () => clean.guide('loop'),
        download: () => clean.guide('download'),
        'pair, with loss': () => lossy.pair(),
        'loop, with loss': () => lossy.guide('loop')
      })
      return [
        {
          name: 'catch-up-far',
          title: 'catch-up at 50 ms',
          unit: 'blocks/s',
          pair: rates.pair,
          baselines: { 'the guide’s loop': rates.loop, 'plain download': rates.download },
          target: { of: 'ratio', atLeast: 1000 }
        },
        {
          name: 'catch-up-loss',
          title: 'catch-up at 50 ms, 0.5 % loss',
          unit: 'blocks/s',
          pair: rates['pair, with loss'],
          baselines: {
            'this pair without loss': rates.pair,
            'the guide’s loop': rates['loop, with loss']
          },
          target: { of: 'ratio', atLeast: 0.85 }
        }
      ]

      async function openLink(scope: Scope, lossPerMillion: number) {
        const network = await distant(scope, { roundTripMs: ROUND_TRIP_MS, lossPerMillion })
        const writer = await startWriterOf(scope, network, blocks, LINE_BYTES)
        const guide = await startGuideWriterOf(scope, network, slow.download, LINE_BYTES)
        return {
          pair: () => catchUpRate(network, writer, blocks, LINE_BYTES),
          guide: (way: Way) => guideRate(network, guide, way, slow[way], LINE_BYTES)
        }
      }
    })
}
