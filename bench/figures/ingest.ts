import { ofEach } from '../harness/builds.ts'
import type { Figure } from '../harness/figure.ts'
import { appendRaw, newStore } from '../harness/guide.ts'
import { alternate, samplesOf } from '../harness/measure.ts'
import { loopback } from '../harness/network.ts'
import { append, startWriter } from '../harness/pair.ts'
import { scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'

export const ingest: Figure = {
  name: 'ingest',
  about: 'lines from stdin to acknowledged blocks, against raw core.append',
  async measure({ rounds, scale, builds }) {
    const lines = scale(200_000)
    const rates = await alternate(rounds, {
      ...(await ofEach(
        builds,
        ({ writer }) =>
          () =>
            pairRate(writer, lines)
      )),
      'raw core.append': () => rawRate(lines)
    })
    return [
      {
        name: 'ingest',
        title: 'stdin to acknowledged blocks',
        unit: 'lines/s',
        ...samplesOf(rates, (rate) => rate),
        target: { of: 'ratio', atLeast: 0.95 }
      }
    ]
  }
}

function pairRate(app: string[], lines: number): Promise<number> {
  return scoped(async (scope) => {
    const writer = await startWriter(scope, await loopback(scope), { app })
    return (lines * 1000) / (await append(writer, lines, LINE_BYTES))
  })
}

function rawRate(lines: number): Promise<number> {
  return scoped(async (scope) => {
    return (lines * 1000) / (await appendRaw(scope, newStore(scope), lines, LINE_BYTES))
  })
}
