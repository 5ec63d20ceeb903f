// Checked with hyperdht 6.32.0 and dht-rpc 6.27.0, which it extends.
import type HyperDHT from 'hyperdht'
import type { Members } from './members.ts'

/** A search for the nodes of the DHT that relay to a peer: each answer names one. */
interface PeerQuery extends AsyncIterable<unknown> {
  destroy(): void
}

/** What a dial has asked. It is ended as soon as the peer has answered, and where the dial is given up. */
interface Session {
  destroy(err?: Error): void
}

/** What a dial tells of the peer; `nodes` are the relays that are known. */
interface SearchOptions {
  readonly nodes?: object | null
  readonly session?: Session
}

interface Searching {
  findPeer: (target: Uint8Array, options: SearchOptions) => PeerQuery
  session(): Session
}

/** What this module uses of a node of the DHT. */
export const DIAL_MEMBERS: Members = { 'dht.findPeer': 'function', 'dht.session': 'function' }

/** Has `then` called once that is due. Returns what keeps it from being called. */
export type Wait = (then: () => void) => () => void

/**
 * Has `dht` ask the relays of a peer that it dials, where they are known, and look for others only where none has
 * led to the peer when `wait` is over. HyperDHT does both at once: each dial asks some twenty nodes more, and where
 * many dial at once that is nine tenths of all that they send. No public way.
 */
export function askRelaysFirst(dht: HyperDHT, wait: Wait): void {
  const searching = dht as unknown as Searching
  const findPeer = searching.findPeer.bind(dht)
  searching.findPeer = (target, options) => {
    const { nodes, session } = options
    if (!nodes || !session) return findPeer(target, options)
    return new LateQuery(session, wait, () => findPeer(target, options))
  }
}

/** A query that begins when `wait` is over, unless the session that it belongs to has ended by then. */
class LateQuery implements PeerQuery {
  readonly #begin: () => PeerQuery
  readonly #isNeeded: Promise<boolean>
  #drop: () => void = () => {}
  #query: PeerQuery | null = null

  constructor(session: Session, wait: Wait, begin: () => PeerQuery) {
    this.#begin = begin
    this.#isNeeded = new Promise((resolve) => {
      const stop = wait(() => resolve(true))
      this.#drop = () => {
        stop()
        resolve(false)
      }
    })
    const destroy = session.destroy.bind(session)
    session.destroy = (err) => {
      this.#drop()
      destroy(err)
    }
  }

  async *[Symbol.asyncIterator](): AsyncIterator<unknown> {
    if (!(await this.#isNeeded)) return
    this.#query = this.#begin()
    yield* this.#query
  }

  destroy(): void {
    this.#drop()
    this.#query?.destroy()
  }
}
