// Raw Hypercore: appends blocks in batches, and prints how many milliseconds that took.
//   bare bench/baselines/append.ts <folder> <count> <size> [<batch>]
import process from 'bare-process'
import Hypercore from 'hypercore'
import { now } from '../harness/clock.ts'
import { line } from '../harness/lines.ts'

const [folder = '', count = '', size = '', batch = '1024'] = Bare.argv.slice(2)
const core = new Hypercore(folder)
await core.ready()

const block = line(Number(size)).subarray(0, Number(size))
const from = now()
while (core.length < Number(count)) {
  const blocks = Math.min(Number(batch), Number(count) - core.length)
  await core.append(Array<Uint8Array>(blocks).fill(block))
}
process.stdout.write(`${now() - from}\n`)
await core.close()
