import { spawnSync } from 'bare-subprocess'
import { ofEach } from '../harness/builds.ts'
import { type Figure, LeftOut } from '../harness/figure.ts'
import { alternate, samplesOf } from '../harness/measure.ts'
import { loopback } from '../harness/network.ts'
import { append, startWriter, startWriterOnTerminal } from '../harness/pair.ts'
import { scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'

/** A terminal hands over one line at a time, however many were pasted. */
export const paste: Figure = {
  name: 'paste',
  about: '5,000 lines pasted into a terminal until all are acknowledged, against a pipe',
  async measure({ rounds, scale, builds }) {
    if (spawnSync('script', ['--version']).status !== 0) {
      throw new LeftOut('needs script of util-linux, which makes a terminal')
    }
    const lines = scale(5000)
    const times = await alternate(rounds, {
      ...(await ofEach(
        builds,
        ({ writer }) =>
          () =>
            pasted(writer, lines)
      )),
      'the same lines from a pipe': () => piped(lines)
    })
    return [
      {
        name: 'paste',
        title: '5,000 lines pasted until acknowledged',
        unit: 'ms',
        ...samplesOf(times, (ms) => ms)
      }
    ]
  }
}

function pasted(app: string[], lines: number): Promise<number> {
  return scoped(async (scope) => {
    const writer = await startWriterOnTerminal(scope, await loopback(scope), { app })
    return append(writer, lines, LINE_BYTES)
  })
}

function piped(lines: number): Promise<number> {
  return scoped(async (scope) => {
    return append(await startWriter(scope, await loopback(scope)), lines, LINE_BYTES)
  })
}
