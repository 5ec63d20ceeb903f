// When two peers show each other that they are alive. Pure: data goes in, a decision comes out.
import { isCrowd } from './overlay-policy.ts'

/** After so long a peer shows its source that it is alive, and finds out whether that is. */
const SOURCE_KEEP_ALIVE_MS = 3000
/** The same for other peers; and for those of a crowd, before most firewalls forget a connection that is idle. */
const KEEP_ALIVE_MS = 5000
const IDLE_KEEP_ALIVE_MS = 25_000
/** Where it is the other's turn we wait longer by this factor, and from the last that has come. */
const WAITS = 1.25

/** What a peer is to us. */
export interface Relation {
  readonly isSource: boolean
  /** Whether we are its source. */
  readonly followsUs: boolean
  /** Whether we have dialled it. */
  readonly own: boolean
}

/** When we show a peer that we are alive. */
export interface KeepAlive {
  readonly ms: number
  /** Whether the time begins anew when something comes. */
  readonly putOff: boolean
}

/**
 * What a peer acknowledges shows that it is alive as well as we: so one of two does it, where so many are `known`:
 * the one that follows the other, else the one that has dialled.
 */
export function keepAlive(known: number, { isSource, followsUs, own }: Relation): KeepAlive {
  if (isSource) return { ms: SOURCE_KEEP_ALIVE_MS, putOff: false }
  if (followsUs) return { ms: 2 * SOURCE_KEEP_ALIVE_MS, putOff: true }
  const ms = isCrowd(known) ? IDLE_KEEP_ALIVE_MS : KEEP_ALIVE_MS
  return own ? { ms, putOff: false } : { ms: ms * WAITS, putOff: true }
}
