import type { Hypercore } from 'hypercore'
import { Failure, TIMED_OUT } from '../errors.ts'
import { fail } from './lifecycle.ts'

/** Ends the app with exit code 3 where `core` has met no peer within `timeout` milliseconds. */
export function expectPeer(core: Hypercore, timeout: number): void {
  const timer = setTimeout(() => {
    fail(
      new Failure(
        `no peer found within ${timeout / 1000} s: is the writer running, and is the key right?`,
        TIMED_OUT
      )
    )
  }, timeout)
  core.once('peer-add', () => clearTimeout(timer))
}
