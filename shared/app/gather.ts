import { Signal } from '../limits/signal.ts'

/**
 * A batch has no more than a message to a peer can hold, so that it is sent as it was appended; and in
 * bytes no more than is worth a commit of its own.
 */
const MAX_BLOCKS = 1024
const MAX_BYTES = 256 * 1024

/**
 * Yields the blocks of `batches`, as many at once as have come while the last were taken care of: a
 * terminal hands over one line at a time, and each commit takes as long as one of many lines. Reads
 * ahead no more than it yields at once. What `batches` throws comes after all that came before it.
 */
export async function* gather(batches: AsyncIterable<Uint8Array[]>): AsyncGenerator<Uint8Array[]> {
  const waiting: Uint8Array[] = []
  let bytes = 0
  let ended = false
  let fault: { reason: unknown } | null = null
  // the two sides wait for each other in turn: never both at once
  const changed = new Signal()
  const isFull = (): boolean => waiting.length >= MAX_BLOCKS || bytes >= MAX_BYTES

  const read = async (): Promise<void> => {
    try {
      for await (const batch of batches) {
        for (const block of batch) {
          if (isFull()) changed.raise()
          while (isFull() && !ended) await changed.raised()
          if (ended) return
          waiting.push(block)
          bytes += block.byteLength
        }
        changed.raise()
      }
    } catch (reason) {
      fault = { reason }
    }
    ended = true
    changed.raise()
  }

  void read()
  try {
    for (;;) {
      while (waiting.length === 0 && !ended) await changed.raised()
      if (waiting.length === 0) break
      bytes = 0
      const blocks = waiting.splice(0)
      changed.raise()
      yield blocks
    }
  } finally {
    ended = true
    changed.raise()
  }
  if (fault !== null) throw (fault as { reason: unknown }).reason
}
