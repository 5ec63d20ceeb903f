import path from 'bare-path'
import { bare, loopback } from '../harness/network.ts'
import { type Figure, alternate } from '../harness/measure.ts'
import { append, startWriter } from '../harness/pair.ts'
import { Program } from '../harness/program.ts'
import { scoped } from '../harness/scope.ts'

const LINE_BYTES = 100

/** From the writer's stdin to blocks on disk. */
export const ingest: Figure = {
  name: 'ingest',
  about: 'lines from stdin to blocks on disk, against raw core.append',
  async measure({ rounds, scale }) {
    const count = scale(200_000)
    const series = await alternate(rounds, {
      'writer-app': () => appendThroughWriter(count),
      'raw core.append, batches of 1,024': () => appendRaw(count)
    })
    return [
      {
        name: 'ingest',
        title: `${count.toLocaleString('en')} lines, stdin to blocks on disk`,
        unit: 'lines/s',
        series,
        target: { of: 'ratio', atLeast: 0.95 }
      }
    ]
  }
}

function appendThroughWriter(count: number): Promise<number> {
  return scoped(async (scope) => {
    const writer = await startWriter(scope, await loopback(scope))
    return (count * 1000) / (await append(writer, count, LINE_BYTES))
  })
}

function appendRaw(count: number): Promise<number> {
  return scoped(async (scope) => {
    const folder = path.join(scope.folder(), 'raw')
    const command = bare('bench/baselines/append.ts', folder, String(count), String(LINE_BYTES))
    const raw = new Program(scope, 'raw append', command, { text: true })
    const [ms] = await raw.line(/.+/)
    return (count * 1000) / Number(ms)
  })
}
