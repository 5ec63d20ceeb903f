import b4a from 'b4a'
import path from 'bare-path'
import Hypercore from 'hypercore'
import type { LineNumber } from './history.ts'
import type { Lines } from './lines.ts'

const AT_ONCE = 256

/** What is in the log that a writer has left in `storage`, block by block. */
export async function readLog(storage: string, lines: Lines): Promise<LineNumber[]> {
  const core = new Hypercore(path.join(storage, 'writer-storage'))
  await core.ready()
  const log: LineNumber[] = []
  while (log.length < core.length) {
    const count = Math.min(AT_ONCE, core.length - log.length)
    const reads = Array.from({ length: count }, (_, i) => core.get(log.length + i, { wait: false }))
    for (const block of await Promise.all(reads)) {
      log.push(block === null ? null : lines.numberOf(b4a.toString(block)))
    }
  }
  await core.close()
  return log
}
