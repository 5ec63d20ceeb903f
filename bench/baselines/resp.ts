import b4a from 'b4a'

/** What a redis server answers: text, a number, bytes, nothing, or a list of these. */
export type Reply = string | number | Uint8Array | null | Reply[]

const CRLF = b4a.from('\r\n')

/** Yields the replies in a stream of redis's protocol, RESP 2; throws where one is an error. */
export async function* replies(chunks: AsyncIterable<unknown>): AsyncGenerator<Reply> {
  let buffer: Uint8Array = b4a.alloc(0)
  for await (const chunk of chunks) {
    buffer = b4a.concat([buffer, chunk as Uint8Array])
    for (let found = parse(buffer, 0); found; found = parse(buffer, 0)) {
      buffer = buffer.subarray(found.end)
      yield found.reply
    }
  }
}

/** The reply that begins at `start` and where it ends; null where it has not come whole. */
function parse(buffer: Uint8Array, start: number): { reply: Reply; end: number } | null {
  const lineEnd = b4a.indexOf(buffer, CRLF, start)
  if (lineEnd === -1) return null
  const text = b4a.toString(buffer.subarray(start + 1, lineEnd))
  const end = lineEnd + CRLF.byteLength
  const type = String.fromCharCode(buffer[start] ?? 0)
  switch (type) {
    case '+':
      return { reply: text, end }
    case ':':
      return { reply: Number(text), end }
    case '$':
      return Number(text) === -1 ? { reply: null, end } : parseBytes(buffer, end, Number(text))
    case '*':
      return Number(text) === -1 ? { reply: null, end } : parseList(buffer, end, Number(text))
    default:
      throw new Error(`redis answered ${type}${text}`)
  }
}

function parseBytes(buffer: Uint8Array, start: number, length: number) {
  const end = start + length + CRLF.byteLength
  return end > buffer.byteLength ? null : { reply: buffer.subarray(start, start + length), end }
}

function parseList(buffer: Uint8Array, start: number, length: number) {
  const reply: Reply[] = []
  let end = start
  while (reply.length < length) {
    const item = parse(buffer, end)
    if (item === null) return null
    reply.push(item.reply)
    end = item.end
  }
  return { reply, end }
}
