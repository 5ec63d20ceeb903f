import path from 'bare-path'
import { type Figure, alternate } from '../harness/measure.ts'
import { type Network, bare, loopback } from '../harness/network.ts'
import {
  type Writer,
  append,
  startGuideReader,
  startGuideWriter,
  startReader,
  startWriter,
  timeReading
} from '../harness/pair.ts'
import { Program } from '../harness/program.ts'
import { type Scope, scoped } from '../harness/scope.ts'

const LINE_BYTES = 100

/** A new reader of a log that was there before. */
export const catchUp: Figure = {
  name: 'catch-up',
  about: 'a new reader of a long log on loopback, against the guide’s loop',
  measure: ({ rounds, scale }) =>
    scoped(async (scope) => {
      const network = await loopback(scope)
      const count = scale(100_000)
      const writer = await startWriter(scope, network)
      await append(writer, count, LINE_BYTES)
      const plain = await startGuideWriterOf(scope, network, count)
      const series = await alternate(rounds, {
        'this pair': () => catchUpByFeed(network, writer, count),
        'the guide’s loop': () => catchUpByGuide(network, plain, 'loop', scale(5000)),
        'plain download': () => catchUpByGuide(network, plain, 'download', scale(20_000))
      })
      return [
        {
          name: 'catch-up',
          title: `catch-up of ${count.toLocaleString('en')} blocks, loopback`,
          unit: 'blocks/s',
          series,
          target: { of: 'ratio', atLeast: 25 }
        }
      ]
    })
}

/** Starts a writer of the guide's on a log of `count` blocks. */
async function startGuideWriterOf(scope: Scope, network: Network, count: number): Promise<Writer> {
  const folder = path.join(scope.folder(), 'guide')
  const command = bare('bench/baselines/append.ts', folder, String(count), String(LINE_BYTES))
  await new Program(scope, 'raw append', command).done()
  return startGuideWriter(scope, network, folder)
}

function catchUpByFeed(network: Network, { key }: Writer, count: number): Promise<number> {
  return scoped(async (scope) => {
    const position = ['--start', '0', '--count', String(count)]
    const reader = startReader(scope, network, key, position)
    const ms = await timeReading(reader, count * (LINE_BYTES + 1))
    await reader.done()
    return (count * 1000) / ms
  })
}

function catchUpByGuide(
  network: Network,
  { key }: Writer,
  way: 'loop' | 'download',
  count: number
): Promise<number> {
  return scoped(async (scope) => {
    const reader = startGuideReader(scope, network, key, way, count)
    const ms = await timeReading(reader, count * (LINE_BYTES + 1))
    await reader.done()
    return (count * 1000) / ms
  })
}
