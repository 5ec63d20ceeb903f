// Raw Hypercore: appends blocks in batches of 1,024, and prints how many milliseconds that took.
//   bare bench/baselines/append.ts <folder> <count> <size>
import Hypercore from 'hypercore'
import process from 'bare-process'
import { now } from '../harness/clock.ts'
import { line } from '../harness/lines.ts'

const BATCH = 1024

const [folder = '', count = '', size = ''] = Bare.argv.slice(2)
const core = new Hypercore(folder)
await core.ready()

const block = line(Number(size)).subarray(0, Number(size))
const from = now()
while (core.length < Number(count)) {
  const blocks = Math.min(BATCH, Number(count) - core.length)
  await core.append(Array<Uint8Array>(blocks).fill(block))
}
process.stdout.write(`${now() - from}\n`)
await core.close()
