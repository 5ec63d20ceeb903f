const BITS = 8
const MEGABIT = 1e6

/** What may go over a link to a reader, headers and proofs included, for each byte of its payload. */
const MOST_BYTES = 1.3
/** The same for each line, which weighs where lines are short. */
const MOST_BYTES_A_LINE = 40

/** `count` lines of `size` bytes. */
export interface Payload {
  count: number
  size: number
}

export function payloadBytes({ count, size }: Payload): number {
  return count * size
}

/** Milliseconds that `payload` alone takes on a wire of `rate` Mbit/s. */
export function wireMs(rate: number, payload: Payload): number {
  return (payloadBytes(payload) * BITS * 1000) / (rate * MEGABIT)
}

/** Milliseconds from its start on within which a reader is to have printed `payload`. */
export function mostMs(rate: number, payload: Payload): number {
  return 1.5 * wireMs(rate, payload) + 2000
}

/** Bytes that may go over a link to a reader of `payload`. */
export function mostBytes(payload: Payload): number {
  return Math.round(MOST_BYTES * payloadBytes(payload)) + MOST_BYTES_A_LINE * payload.count
}
