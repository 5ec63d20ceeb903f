import fs from 'bare-fs'
import path from 'bare-path'
import { SST, WAL, scribble, writerDb } from '../helpers/store.ts'
import type { Random } from '../helpers/random.ts'

/** What is left of a write-ahead log at least, in parts of its size. */
const LEAST_LEFT = 0.1

/**
 * Damages the newest write-ahead log of the writer in `storage`, which must not run, where the key is
 * not in that file but in a table already. Returns what was done.
 */
export function damageWal(storage: string, random: Random): string {
  const db = writerDb(storage)
  const names: string[] = fs.readdirSync(db)
  const newest = names
    .filter((name) => WAL.test(name))
    .sort(byNumber)
    .at(-1)
  if (newest === undefined || !names.some((name) => SST.test(name))) return 'nothing to damage'
  const file = path.join(db, newest)
  const { size } = fs.statSync(file)
  const at = LEAST_LEFT + ((1 - LEAST_LEFT) * random.below(1000)) / 1000
  if (random.chance(0.5)) {
    fs.truncateSync(file, Math.floor(size * at))
    return `${newest} is cut to ${Math.floor(size * at)} of ${size} bytes`
  }
  if (size > 0) scribble(file, at)
  return `${newest} is written over at ${Math.floor(size * at)} of ${size} bytes`
}

function byNumber(a: string, b: string): number {
  return parseInt(a) - parseInt(b)
}
