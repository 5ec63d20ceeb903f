import b4a from 'b4a'

/** About as much as a shell's pipe hands over at once. */
const CHUNK_BYTES = 65_536
const POOL_BYTES = 1024 * 1024
const LF = 10
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Yields `count` lines of `size` bytes each and their newlines, cut into chunks as a pipe cuts them. */
export function* chunksOfLines(count: number, size: number): Generator<Uint8Array> {
  const pool = poolOfLines(size)
  for (let left = count * (size + 1); left > 0; ) {
    const bytes = Math.min(pool.byteLength, left)
    for (let at = 0; at < bytes; at += CHUNK_BYTES) {
      yield pool.subarray(at, Math.min(at + CHUNK_BYTES, bytes))
    }
    left -= bytes
  }
}

/** Yields the same lines as blocks, `batch` at a time. */
export function* batchesOfBlocks(count: number, size: number, batch: number) {
  const pool = poolOfLines(size)
  let at = 0
  for (let left = count; left > 0; left -= batch) {
    yield Array.from({ length: Math.min(batch, left) }, () => {
      const block = pool.subarray(at, at + size)
      at = (at + size + 1) % pool.byteLength
      return block
    })
  }
}

/** One line of `size` bytes with its newline. */
export function line(size: number): Uint8Array {
  return poolOfLines(size).subarray(0, size + 1)
}

const pools = new Map<number, Uint8Array>()

/** A whole number of different lines, which do not compress well: a megabyte or one line. */
function poolOfLines(size: number): Uint8Array {
  const pool = pools.get(size) ?? createPool(size)
  pools.set(size, pool)
  return pool
}

function createPool(size: number): Uint8Array {
  const lines = Math.max(1, Math.floor(POOL_BYTES / (size + 1)))
  const pool = b4a.alloc(lines * (size + 1))
  let random = 1
  for (let at = 0; at < pool.byteLength; at++) {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0
    pool[at] = LETTERS.charCodeAt(random >>> 26)
  }
  for (let at = size; at < pool.byteLength; at += size + 1) pool[at] = LF
  return pool
}
