// Checked with hyperdht 6.32.0 and dht-rpc 6.27.0, which it extends.
import type HyperDHT from 'hyperdht'
import { type Members, assertMembers } from './members.ts'

/** A search for the nodes of the DHT that relay to a peer: each answer names one. */
interface Search extends AsyncIterable<unknown> {
  destroy(): void
}

/** What a dial has asked: it is ended once the peer has answered, and where the dial is given up. */
interface Session {
  destroy(err?: Error): void
}

/** `nodes` are relays that are known; an announcer has no session. */
interface SearchOptions {
  readonly nodes?: readonly unknown[] | null
  readonly session?: Session
}

interface Searching {
  findPeer: (target: Uint8Array, options?: SearchOptions) => Search
}

/** What this module uses of a node of the DHT. */
export const DIAL_MEMBERS: Members = { 'dht.findPeer': 'function' }

/** Has `then` called once that is due. Returns what keeps it from being called. */
export type Wait = (then: () => void) => () => void

/**
 * Has `dht` ask a relay of a peer that it dials, where one is known, and search for others only where that has not
 * led to the peer when `wait` is over. HyperDHT does both at once: each dial asks some twenty nodes more, and where
 * many dial at once that is nine tenths of all that they send. Throws a Failure where the member was renamed. No
 * public way.
 */
export function askRelaysFirst(dht: HyperDHT, wait: Wait): void {
  assertMembers('hyperdht', dht, DIAL_MEMBERS)
  const searching = dht as unknown as Searching
  const findPeer = searching.findPeer.bind(dht)
  searching.findPeer = (target, options = {}) => {
    const { nodes, session } = options
    if (session === undefined || !nodes?.length) return findPeer(target, options)
    return new Pause(session, wait)
  }
}

/**
 * A search that finds nothing, and ends when `wait` is over, or `session` is ended. A dial whose relays are known
 * searches twice, from these and then anew, unless it was answered by the end of the first; if it was it goes on then.
 */
class Pause {
  readonly #over: Promise<void>
  #end: () => void = () => {}

  constructor(session: Session, wait: Wait) {
    this.#over = new Promise((resolve) => {
      const stop = wait(resolve)
      this.#end = () => {
        stop()
        resolve()
      }
    })
    const destroy = session.destroy.bind(session)
    session.destroy = (err) => {
      this.#end()
      destroy(err)
    }
  }

  async *[Symbol.asyncIterator](): AsyncIterator<unknown> {
    await this.#over
  }

  destroy(): void {
    this.#end()
  }
}
