import fs from 'bare-fs'
import path from 'bare-path'

/**
 * The files that take long, the longest first. They start in this order, before all others: a long
 * file that started last would have the machine to itself at the end. What is not named here is short,
 * shares a process with others of its folder, and fills the gaps: first the files that start nothing.
 */
export const LONGEST: readonly string[] = [
  'test/e2e/retention.test.ts',
  'test/replication/backup.test.ts',
  'test/e2e/sharing.test.ts',
  'test/storage/loss.test.ts',
  'test/targets/standalone/executable.test.ts',
  'test/targets/standalone/folder.test.ts',
  'test/swarm/dht-outage.test.ts',
  'test/storage/first-start.test.ts',
  'test/limits/strangers.test.ts',
  'test/targets/install.test.ts',
  'test/e2e/reader.test.ts',
  'test/swarm/outage.test.ts',
  'test/replication/rewind.test.ts',
  'test/replication/slow-links.test.ts',
  'test/storage/kill.test.ts',
  'test/e2e/private.test.ts',
  'test/storage/retention.test.ts',
  'test/targets/bundle.test.ts',
  'test/limits/hostile-messages.test.ts',
  'test/e2e/inventory.test.ts',
  'test/e2e/retention-disk.test.ts',
  'test/feed/hostile.test.ts',
  'test/storage/damage.test.ts',
  'test/e2e/memory.test.ts',
  'test/swarm/lan-faults.test.ts',
  'test/swarm/lan.test.ts',
  'test/app/peer-status.test.ts',
  'test/e2e/suspend.test.ts',
  'test/e2e/peers.test.ts',
  'test/feed/sources.test.ts',
  'test/storage/full-disk.test.ts',
  'test/docs/commands.test.ts',
  'test/torture/short.test.ts',
  'test/replication/position.test.ts',
  'test/e2e/writer.test.ts',
  'test/e2e/compatibility.test.ts',
  'test/e2e/resume.test.ts'
]

/** An import of what starts processes or a DHT. What a file without one costs is mostly its own start. */
const STARTS = /from '(bare-subprocess|hyperdht|\S+\/(app|launch|program|swarm|testnet)\.ts)/
/** So many short files of one folder that start something share a process: they wait, most of the time. */
const TOGETHER = 3

/** Files that run in one process, one after the other. */
export type Batch = string[]

/**
 * In which order `files` start, and which of them share a process; the paths are relative to the folder
 * `root`.
 */
export function orderOf(files: string[], root: string): Batch[] {
  const sorted = [...files].sort(longestFirst)
  const rest = sorted.filter((file) => !LONGEST.includes(file))
  const starts = (file: string): boolean => {
    return STARTS.test(String(fs.readFileSync(path.join(root, file))))
  }
  return [
    ...sorted.filter((file) => LONGEST.includes(file)).map((file) => [file]),
    ...byFolder(rest.filter((file) => !starts(file))),
    ...byFolder(rest.filter(starts), TOGETHER)
  ]
}

/** The files of each folder, in batches of at most `most`. */
function byFolder(files: string[], most = Infinity): Batch[] {
  const folders = new Map<string, Batch>()
  const batches: Batch[] = []
  for (const file of files) {
    const folder = path.dirname(file)
    let batch = folders.get(folder)
    if (batch === undefined || batch.length === most) {
      batch = []
      batches.push(batch)
      folders.set(folder, batch)
    }
    batch.push(file)
  }
  return batches
}

function longestFirst(a: string, b: string): number {
  return placeOf(a) - placeOf(b) || (a < b ? -1 : 1)
}

function placeOf(file: string): number {
  const place = LONGEST.indexOf(file)
  return place === -1 ? LONGEST.length : place
}
