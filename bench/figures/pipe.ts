import type { Figure } from '../harness/figure.ts'
import { startGuidePair, startPair } from '../harness/connected.ts'
import { pipeRate } from '../harness/live.ts'
import { alternate } from '../harness/measure.ts'
import { loopback } from '../harness/network.ts'
import { scoped } from '../harness/scope.ts'

export const pipe: Figure = {
  name: 'pipe',
  about: 'a stream through the writer’s stdin and the reader’s stdout on loopback',
  async measure({ rounds, scale }) {
    const { pair, ...baselines } = await alternate(rounds, {
      pair: () =>
        scoped(async (scope) =>
          pipeRate(await startPair(scope, await loopback(scope)), scale(500_000))
        ),
      'the guide’s loop': () =>
        scoped(async (scope) =>
          pipeRate(await startGuidePair(scope, await loopback(scope)), scale(10_000))
        )
    })
    return [
      {
        name: 'pipe',
        title: 'live pipe on loopback',
        unit: 'lines/s',
        pair,
        baselines,
        target: { of: 'median', atLeast: 25_000 }
      }
    ]
  }
}
