import type { Hypercore } from 'hypercore'
import { replaceHashing } from '../upstream/hypercore-hashing.ts'
import type { Status } from './status.ts'

/** Makes appends to `core`, and to every other log, cheaper; says so where that can't be. */
export function hashFaster(core: Hypercore, status: Status): void {
  const reason = replaceHashing(core)
  if (reason !== null) status.info(reason)
}
