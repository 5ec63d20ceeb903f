// What the encodings of the feed's messages are made of.
import c, { type Encoder } from 'compact-encoding'

/** What `encodings` name, each in its encoding and in this order. */
export function fields<T extends object>(encodings: {
  [name in keyof T]: Encoder<T[name]>
}): Encoder<T> {
  const all = Object.entries(encodings) as [keyof T & string, Encoder<unknown>][]
  return {
    preencode(state, value) {
      for (const [name, encoding] of all) encoding.preencode(state, value[name])
    },
    encode(state, value) {
      for (const [name, encoding] of all) encoding.encode(state, value[name])
    },
    decode(state) {
      return Object.fromEntries(all.map(([name, encoding]) => [name, encoding.decode(state)])) as T
    }
  }
}

/** An optional part: a byte says whether it is there. */
export function maybe<T>({ preencode, encode, decode }: Encoder<T>): Encoder<T | null> {
  return {
    preencode(state, value) {
      c.uint.preencode(state, 0)
      if (value !== null) preencode(state, value)
    },
    encode(state, value) {
      c.uint.encode(state, value === null ? 0 : 1)
      if (value !== null) encode(state, value)
    },
    decode: (state) => (c.uint.decode(state) === 1 ? decode(state) : null)
  }
}

/**
 * `encoding`, but a message that can't be decoded becomes the error: Protomux would end the connection,
 * and the peer would not be banned.
 */
export function readable<T extends object>(encoding: Encoder<T>): Encoder<T | Error> {
  return {
    preencode(state, value) {
      if (!(value instanceof Error)) encoding.preencode(state, value)
    },
    encode(state, value) {
      if (!(value instanceof Error)) encoding.encode(state, value)
    },
    decode(state) {
      try {
        return encoding.decode(state)
      } catch (err) {
        state.start = state.end
        return err instanceof Error ? err : new Error(String(err))
      }
    }
  }
}
