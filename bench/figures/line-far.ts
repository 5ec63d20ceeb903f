import { ofEach } from '../harness/builds.ts'
import { startGuidePair, startPair } from '../harness/connected.ts'
import { distant } from '../harness/distance.ts'
import type { Figure } from '../harness/figure.ts'
import { type Live, lineDelays } from '../harness/live.ts'
import { alternate, median, percentile, samplesOf } from '../harness/measure.ts'
import { scoped } from '../harness/scope.ts'
import { ROUND_TRIP_MS } from '../harness/sizes.ts'

/** Longer than a round trip: each line meets a link that is quiet, as a typed one does. */
const PAUSE_MS = 70

export const lineFar: Figure = {
  name: 'line-far',
  about: 'one typed line from stdin to the reader’s stdout at 50 ms of round trip',
  measure: ({ rounds, scale, builds }) =>
    scoped(async (scope) => {
      const network = await distant(scope, { roundTripMs: ROUND_TRIP_MS })
      const apps = await ofEach(builds, async (build) => {
        const live = await startPair(scope, network, build)
        return () => roundTrips(live, scale(200))
      })
      const guide = await startGuidePair(scope, network)
      const delays = await alternate(rounds, {
        ...apps,
        'the guide’s loop': () => roundTrips(guide, scale(100))
      })
      return [
        {
          name: 'line-far',
          title: 'a typed line at 50 ms, median',
          unit: 'round trips',
          ...samplesOf(delays, median),
          target: { of: 'median', atMost: 0.6 }
        },
        {
          name: 'line-far-p99',
          title: 'a typed line at 50 ms, 99th percentile',
          unit: 'round trips',
          ...samplesOf(delays, (samples) => percentile(samples, 99)),
          target: { of: 'median', atMost: 1 }
        }
      ]
    })
}

async function roundTrips(live: Live, lines: number): Promise<number[]> {
  const delays = await lineDelays(live, lines, PAUSE_MS)
  return delays.map((ms) => ms / ROUND_TRIP_MS)
}
