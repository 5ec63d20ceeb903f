import type { Hypercore } from 'hypercore'
import { readBlocks } from '../../shared/upstream/hypercore-store.ts'

interface Flushed {
  readonly state: { flush(): Promise<boolean> }
}

/**
 * Has `truncating` truncate `core`, and begins `reading` at the moment at which the store has lost the
 * blocks already, and `core` still counts them. Resolves to what that brings.
 */
export async function whileTruncated<T>(
  core: Hypercore,
  truncating: () => Promise<unknown>,
  reading: () => Promise<T>
): Promise<T> {
  const { state } = core as Hypercore & Flushed
  const { flush } = state
  const read = new Promise<T>((resolve, reject) => {
    state.flush = async () => {
      state.flush = flush
      const flushed = await flush.call(state)
      const { fork } = core
      reading().then(resolve, reject)
      // what was begun first is answered first
      for (let round = 0; round < 20; round++) await readBlocks(core, 0, 1)
      if (core.fork !== fork) throw new Error('the log is truncated already')
      return flushed
    }
  })
  await truncating()
  return read
}
