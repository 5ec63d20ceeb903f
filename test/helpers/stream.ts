import b4a from 'b4a'

/** A stream of bytes that comes in exactly these chunks. */
export async function* chunked(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? b4a.from(chunk) : chunk
}

/** `data` in chunks of `size` bytes. */
export function inChunksOf(size: number, data: Uint8Array): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = []
  for (let at = 0; at < data.byteLength; at += size) chunks.push(data.subarray(at, at + size))
  return chunked(...chunks)
}
