// Raw Hypercore: appends blocks in batches, and prints how many milliseconds that took.
//   bare bench/baselines/append.ts <folder> <count> <size> [<batch>]
import process from 'bare-process'
import Hypercore from 'hypercore'
import { now } from '../../shared/limits/clock.ts'
import { batchesOfBlocks } from '../harness/lines.ts'

const [folder = '', count = '', size = '', batch = '1024'] = Bare.argv.slice(2)
const core = new Hypercore(folder)
await core.ready()

// in memory beforehand: only the appends are timed
const batches = [...batchesOfBlocks(Number(count), Number(size), Number(batch))]
const from = now()
for (const blocks of batches) await core.append(blocks)
process.stdout.write(`${now() - from}\n`)
await core.close()
