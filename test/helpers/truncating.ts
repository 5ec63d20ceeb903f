import type { Hypercore } from 'hypercore'
import { readBlocks } from '../../shared/upstream/hypercore-store.ts'

interface Flushed {
  readonly state: { flush(): Promise<boolean> }
}

/**
 * Truncates `core` to `length` blocks, and begins `reading` at the moment at which the store has lost the
 * others already, and `core` still counts them. Resolves to what that brings.
 */
export async function whileTruncated<T>(
  core: Hypercore,
  length: number,
  reading: () => Promise<T>
): Promise<T> {
  const { state } = core as Hypercore & Flushed
  const { flush } = state
  const read = new Promise<T>((resolve, reject) => {
    state.flush = async () => {
      state.flush = flush
      const flushed = await flush.call(state)
      const counted = core.length
      reading().then(resolve, reject)
      // what was begun first is answered first
      for (let round = 0; round < 20; round++) await readBlocks(core, 0, 1)
      if (core.length !== counted) throw new Error('the log is truncated already')
      return flushed
    }
  })
  await core.truncate(length)
  return read
}
