import type { Hypercore, Peer } from 'hypercore'
import { NO_PATH } from '../feed/messages.ts'
import { BoundedMap } from '../limits/bounded-map.ts'
import { connectionOf } from '../upstream/hypercore-peer.ts'
import { PeerEntry } from './peer-entry.ts'
import { placeOf } from './peer-place.ts'
import { LOCAL, type Search, placesSearched } from './peer-search.ts'
import { type Schedule, later } from './schedule.ts'
import type { Status } from './status.ts'

/** A person who sees nothing arrive is told why after this long. */
const STATUS_DELAY_MS = 3000
/** After this long with no peer at all something may be wrong that only a person can put right. */
const ALONE_MS = 30_000
/** A peer that speaks the feed has said by then how far it is from the writer. */
const HOPS_GRACE_MS = 2500
/** A peer that comes back by then was never away. */
const LOSS_GRACE_MS = 500
const NO_WAY = 'no peer here knows a way to the writer, so nothing new arrives until it is back'
/** Peers that are remembered after they were lost. */
const MAX_LOST = 256

/**
 * Tells a person whether it is working: which peers are connected and where they are, which were
 * lost, and why nothing arrives where nothing does. Says nothing while nothing changes.
 */
export class PeerStatus {
  readonly #core: Hypercore
  readonly #status: Status
  readonly #search: Search
  readonly #schedule: Schedule
  readonly #entries = new Map<Peer, PeerEntry>()
  readonly #lost = new BoundedMap<string, true>(MAX_LOST)
  /** Peers whose loss is yet to be told, by their ids, and what keeps it from being told. */
  readonly #leaving = new Map<string, { entry: PeerEntry; cancel: () => void }>()
  readonly #planned = new Set<() => void>()
  #metWriter = false
  #pathLost = false
  #reportScheduled = false
  #closed = false

  constructor(core: Hypercore, status: Status, search: Search, schedule: Schedule = later) {
    this.#core = core
    this.#status = status
    this.#search = search
    this.#schedule = schedule
    core.on('peer-add', (peer) => this.#onPeerAdd(peer))
    core.on('peer-remove', (peer) => this.#onPeerRemove(peer))
    const alone = `no peer in ${ALONE_MS / 1000}`
    const question = core.writable
      ? `${alone} s: is a reader running, and does it have this key?`
      : `${alone} s: is the key right, and is the writer running?`
    const plans = [
      this.#after(STATUS_DELAY_MS, () =>
        this.#wait('peer', `no peer yet, still looking ${placesSearched(this.#search)}`)
      ),
      this.#after(ALONE_MS, () => this.#wait('peer', question))
    ]
    core.once('peer-add', () => {
      for (const cancel of plans) cancel()
    })
  }

  /** Takes what `peer` says of itself: how many connections lie between it and the writer. */
  setHops(peer: Peer, hops: number): void {
    const entry = this.#entries.get(peer)
    if (entry === undefined) return
    entry.hops = hops
    if (entry.isWriter) {
      for (const other of this.#before(entry)) if (other.isWriter) other.replace()
    }
    this.#report(entry)
    this.#schedulePathReport()
  }

  /** A peer was dropped that `reason`. */
  reportDrop(reason: string): void {
    this.#status.info(`dropped a peer that ${reason}`)
  }

  /** Tells whether the DHT answers, unless a peer is connected. */
  reportDht(answers: boolean): void {
    if (this.#closed || this.#present.length > 0) return
    const elsewhere = this.#search.lan ? `${LOCAL} only` : 'nowhere else (--no-lan)'
    this.#status.info(answers ? 'the DHT answers' : `the DHT does not answer, looking ${elsewhere}`)
  }

  /** Says no more: connections that end from now on end because of us. */
  close(): void {
    this.#closed = true
    for (const cancel of this.#planned) cancel()
  }

  #wait(what: 'peer' | 'writer', text: string): void {
    this.#status.tell('waiting', text, { for: what })
  }

  #onPeerAdd(peer: Peer): void {
    const entry = new PeerEntry(connectionOf(peer))
    this.#entries.set(peer, entry)
    for (const other of this.#before(entry)) if (other.hasAddressOf(entry)) other.replace()
    // two that dial each other at once may go on with the second connection
    const left = this.#leaving.get(entry.id)
    left?.cancel()
    this.#leaving.delete(entry.id)
    if (left?.entry.hasAddressOf(entry)) entry.reported = this.#lost.delete(entry.id)
    if (this.#core.writable) this.#report(entry)
    else this.#after(HOPS_GRACE_MS, () => this.#report(entry))
  }

  #report(entry: PeerEntry): void {
    if (this.#closed || entry.reported || !this.#has(entry)) return
    entry.reported = true
    const role = this.#role(entry)
    // a writer that was started again has another public key
    const again = this.#lost.delete(entry.id) || (entry.isWriter && this.#metWriter)
    if (entry.isWriter) this.#metWriter = true
    const what = again ? `found ${role} again` : `connected to ${role}`
    const [{ host }, place] = [entry, placeOf(entry.host)]
    const { length: peers } = this.#present
    this.#status.tell(
      'peer',
      `${what} at ${host}, ${place} (${count(peers)})`,
      { role: roleIn(role), host, place, peers, again },
      entry.isWriter || peers === 1 ? undefined : 'verbose'
    )
  }

  #onPeerRemove(peer: Peer): void {
    const entry = this.#entries.get(peer)
    const replaced = entry?.isReplaced
    this.#entries.delete(peer)
    if (this.#closed || !entry?.reported || replaced) return
    this.#lost.set(entry.id, true)
    const cancel = this.#after(LOSS_GRACE_MS, () => this.#reportLoss(entry))
    this.#leaving.set(entry.id, { entry, cancel })
  }

  #reportLoss(entry: PeerEntry): void {
    this.#leaving.delete(entry.id)
    const others = this.#present
    if (entry.isWriter && others.some(({ isWriter }) => isWriter)) return
    const waiting = entry.isWriter || others.length === 0
    const role = this.#role(entry)
    const looking = waiting ? `, still looking ${placesSearched(this.#search)}` : ''
    this.#status.tell(
      'lost',
      `lost ${role} (${count(others.length)})${looking}`,
      { role: roleIn(role), peers: others.length },
      waiting ? undefined : 'verbose'
    )
    this.#schedulePathReport()
  }

  /** The connections that are older than that of `entry`. */
  #before(entry: PeerEntry): PeerEntry[] {
    const entries = [...this.#entries.values()]
    return entries.slice(0, entries.indexOf(entry))
  }

  #has(entry: PeerEntry): boolean {
    return [...this.#entries.values()].includes(entry)
  }

  /** Those that are not dead, as far as can be told. */
  get #present(): PeerEntry[] {
    return [...this.#entries.values()].filter(({ isThere }) => isThere)
  }

  #role({ isWriter, hops }: PeerEntry): string {
    if (isWriter) return 'the writer'
    return hops === undefined && !this.#core.writable ? 'a peer' : 'a reader'
  }

  // readers without a path to the writer have nothing new
  #schedulePathReport(): void {
    if (this.#hasPath() !== this.#pathLost || this.#reportScheduled) return
    this.#reportScheduled = true
    this.#after(STATUS_DELAY_MS, () => this.#reportPath())
  }

  #reportPath(): void {
    this.#reportScheduled = false
    const path = this.#hasPath()
    if (path !== this.#pathLost) return
    this.#pathLost = !path
    if (path) this.#status.info('there is a way to the writer again')
    else this.#wait('writer', NO_WAY)
  }

  #hasPath(): boolean {
    const peers = this.#present
    return this.#core.writable || peers.length === 0 || peers.some(({ hops = 0 }) => hops < NO_PATH)
  }

  #after(ms: number, then: () => void): () => void {
    const stop = this.#schedule(ms, () => {
      this.#planned.delete(cancel)
      then()
    })
    const cancel = (): void => {
      this.#planned.delete(cancel)
      stop()
    }
    this.#planned.add(cancel)
    return cancel
  }
}

function count(peers: number): string {
  return peers === 1 ? '1 peer' : `${peers || 'no'} peers`
}

/** `the writer` is the writer. */
function roleIn(role: string): string {
  return role.replace(/^\w+ /, '')
}
