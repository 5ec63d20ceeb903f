import b4a from 'b4a'
import os from 'bare-os'
import type { Hypercore, Peer } from 'hypercore'
import type Hyperswarm from 'hyperswarm'
import { Failure, TIMED_OUT } from '../errors.ts'
import { NO_PATH } from '../feed/messages.ts'
import type { Membership } from '../swarm.ts'
import { connectionOf } from '../upstream/hypercore-peer.ts'
import { fail } from './lifecycle.ts'
import type { Status } from './status.ts'

/** A person who sees nothing arrive is told why after this long. */
const STATUS_DELAY_MS = 3000
/** A peer that speaks the feed has said by then how far it is from the writer. */
const HOPS_GRACE_MS = 500
const LOCAL = 'on this machine and the local network'
/** Peers that are remembered after they were lost. */
const MAX_LOST = 256

/** How peers are looked for. */
type Search = Pick<Membership, 'dht' | 'lan'>

interface PeerEntry {
  /** Connections between it and the writer; undefined where it has not said. */
  hops?: number
  reported: boolean
}

/**
 * Tells a person whether it is working: which peers are connected and how they were found, which
 * were lost, and why nothing arrives where nothing does. Says nothing while nothing changes.
 */
export class PeerStatus {
  readonly #swarm: Hyperswarm
  readonly #core: Hypercore
  readonly #status: Status
  readonly #search: Search
  readonly #entries = new Map<Peer, PeerEntry>()
  readonly #lost = new Set<string>()
  readonly #timers = new Set<Timer>()
  #lostWriter = false
  #pathLost = false
  #reportScheduled = false
  #closed = false

  constructor(swarm: Hyperswarm, core: Hypercore, status: Status, search: Search) {
    this.#swarm = swarm
    this.#core = core
    this.#status = status
    this.#search = search
    core.on('peer-add', (peer) => this.#onPeerAdd(peer))
    core.on('peer-remove', (peer) => this.#onPeerRemove(peer))
    const waiting = this.#after(STATUS_DELAY_MS, () => {
      status.info(`no peer yet, still looking ${this.#where()}`)
    })
    core.once('peer-add', () => clearTimeout(waiting))
  }

  /** Takes what `peer` says of itself: how many connections lie between it and the writer. */
  setHops(peer: Peer, hops: number): void {
    const entry = this.#entries.get(peer)
    if (entry === undefined) return
    entry.hops = hops
    this.#report(peer)
    this.#schedulePathReport()
  }

  /** A peer was dropped that `reason`. */
  reportDrop(reason: string): void {
    this.#status.info(`dropped a peer that ${reason}`)
  }

  /** Tells whether the DHT answers. */
  reportDht(answers: boolean): void {
    if (this.#closed) return
    const elsewhere = this.#search.lan === null ? 'nowhere else (--no-lan)' : `${LOCAL} only`
    this.#status.info(answers ? 'the DHT answers' : `the DHT does not answer, looking ${elsewhere}`)
  }

  /** Says no more: connections that end from now on end because of us. */
  close(): void {
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #where(): string {
    const { lan, dht } = this.#search
    if (dht.online !== false) return lan === null ? 'in the DHT' : `in the DHT, ${LOCAL}`
    return lan === null ? 'in the DHT, which does not answer' : `${LOCAL} only`
  }

  #onPeerAdd(peer: Peer): void {
    this.#entries.set(peer, { reported: false })
    if (this.#core.writable) this.#report(peer)
    else this.#after(HOPS_GRACE_MS, () => this.#report(peer))
  }

  #report(peer: Peer): void {
    const entry = this.#entries.get(peer)
    if (this.#closed || !entry || entry.reported) return
    entry.reported = true
    const role = this.#role(entry)
    const id = b4a.toString(connectionOf(peer).remotePublicKey, 'hex')
    // a writer that was started again has another public key
    const again = this.#lost.delete(id) || (role === 'the writer' && this.#lostWriter)
    if (role === 'the writer') this.#lostWriter = false
    this.#status.info(
      `${again ? `found ${role} again` : `connected to ${role}`}${this.#address(peer)} (${this.#count()})`
    )
  }

  #onPeerRemove(peer: Peer): void {
    const entry = this.#entries.get(peer)
    this.#entries.delete(peer)
    if (this.#closed || !entry?.reported) return
    const role = this.#role(entry)
    this.#lost.add(b4a.toString(connectionOf(peer).remotePublicKey, 'hex'))
    const [oldest] = this.#lost
    if (this.#lost.size > MAX_LOST && oldest !== undefined) this.#lost.delete(oldest)
    if (role === 'the writer') this.#lostWriter = true
    const waiting = role === 'the writer' || this.#core.peers.length === 0
    this.#status.info(
      `lost ${role} (${this.#count()})${waiting ? `, still looking ${this.#where()}` : ''}`
    )
    this.#schedulePathReport()
  }

  #role({ hops }: PeerEntry): string {
    if (hops === 0) return 'the writer'
    return hops === undefined && !this.#core.writable ? 'a peer' : 'a reader'
  }

  #count(): string {
    const { length } = this.#core.peers
    return length === 1 ? '1 peer' : `${length || 'no'} peers`
  }

  #address(peer: Peer): string {
    const connection = [...this.#swarm.connections].find((other) => other === connectionOf(peer))
    if (connection === undefined) return ''
    const { remoteHost } = connection.rawStream
    return ` at ${remoteHost}, ${this.#found(connectionOf(peer).remotePublicKey, remoteHost)}`
  }

  #found(publicKey: Uint8Array, host: string): string {
    const { lan, dht } = this.#search
    if (lan === null || (dht.online === true && !lan.heard(publicKey))) return 'through the DHT'
    const ours = Object.values(os.networkInterfaces())
      .flat()
      .some(({ address }) => address === host)
    return ours ? 'on this machine' : 'on the local network'
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
    this.#status.info(
      path
        ? 'there is a way to the writer again'
        : 'no peer here knows a way to the writer, so nothing new arrives until it is back'
    )
  }

  #hasPath(): boolean {
    const peers = [...this.#entries.values()]
    return this.#core.writable || peers.length === 0 || peers.some(({ hops = 0 }) => hops < NO_PATH)
  }

  #after(ms: number, then: () => void): Timer {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      then()
    }, ms)
    this.#timers.add(timer)
    return timer
  }
}

/** Ends the app with exit code 3 where `core` has met no peer within `timeout` milliseconds. */
export function expectPeer(core: Hypercore, timeout: number): void {
  const timer = setTimeout(() => {
    fail(
      new Failure(
        `no peer found within ${timeout / 1000} s: is the writer running, and is the key right?`,
        TIMED_OUT
      )
    )
  }, timeout)
  core.once('peer-add', () => clearTimeout(timer))
}
