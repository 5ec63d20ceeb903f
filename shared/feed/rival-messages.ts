import c from 'compact-encoding'
import { fields } from './encodings.ts'

/**
 * Asks for proof of who else writes the log, over a `nonce` that was never used before. A reader passes
 * it on to the writers that it knows.
 */
export interface Challenge {
  nonce: Uint8Array
}

/** The answer: the sender, or the writer at `host` that the sender passes on, has the secret key. */
export interface Rival {
  nonce: Uint8Array
  /** Whether it has begun to append. */
  begun: boolean
  /** Of the nonce, in a form that `RivalCheck` knows. */
  signature: Uint8Array
  /** Empty where the sender speaks of itself. */
  host: string
  port: number
}

export const challenge = fields<Challenge>({ nonce: c.fixed32 })

export const rival = fields<Rival>({
  nonce: c.fixed32,
  begun: c.bool,
  signature: c.fixed64,
  host: c.string,
  port: c.uint
})
