import { ofEach } from '../harness/builds.ts'
import type { Figure } from '../harness/figure.ts'
import { now } from '../../shared/limits/clock.ts'
import { newStore } from '../harness/guide.ts'
import { line } from '../harness/lines.ts'
import { alternate, median, samplesOf } from '../harness/measure.ts'
import { bare, loopback } from '../harness/network.ts'
import { startWriter } from '../harness/pair.ts'
import { Program } from '../harness/program.ts'
import { scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'

/** The price of surviving a power cut, at its highest: a sync for a single line. */
export const acknowledge: Figure = {
  name: 'acknowledge',
  about: 'one typed line until it is acknowledged, synced to the disk',
  async measure({ rounds, scale, builds }) {
    const lines = scale(200)
    const delays = await alternate(rounds, {
      ...(await ofEach(
        builds,
        ({ writer }) =>
          () =>
            pairDelay(writer, lines)
      )),
      'raw core.append, not synced': () => rawDelay(lines)
    })
    return [
      {
        name: 'acknowledge',
        title: 'a line until it is synced',
        unit: 'ms',
        ...samplesOf(delays, (ms) => ms)
      }
    ]
  }
}

function pairDelay(app: string[], lines: number): Promise<number> {
  return scoped(async (scope) => {
    const { program } = await startWriter(scope, await loopback(scope), { app })
    const typed = line(LINE_BYTES)
    const delays: number[] = []
    for (let length = 1; length <= lines; length++) {
      const from = now()
      await program.write([typed])
      await program.line(new RegExp(`"append".*"length":${length}\\b`))
      delays.push(now() - from)
    }
    return median(delays)
  })
}

function rawDelay(lines: number): Promise<number> {
  return scoped(async (scope) => {
    const args = [newStore(scope), String(lines), String(LINE_BYTES), '1']
    const raw = new Program(scope, 'raw', bare('bench/baselines/append.ts', ...args), {
      text: true
    })
    const [ms] = await raw.line(/.+/)
    return Number(ms) / lines
  })
}
