import b4a from 'b4a'
import os from 'bare-os'
import type { Hypercore, Peer } from 'hypercore'
import type Hyperswarm from 'hyperswarm'
import type { Reach } from '../swarm/dht.ts'
import { NO_PATH as FAR } from '../feed/messages.ts'
import type { Lan } from '../swarm/lan.ts'
import type { Status } from './status.ts'

/** A person who sees nothing arrive is told why after this long. */
const PATIENCE_MS = 3000
/** A peer that speaks the feed has said by then how far it is from the writer. */
const ACQUAINTED_MS = 500
const LOCAL = 'on this machine and the local network'
/** Peers that are remembered after they were lost. */
const MAX_LOST = 256

interface Acquaintance {
  /** Connections between it and the writer; undefined where it has not said. */
  hops?: number
  reported: boolean
}

/** How peers are looked for. */
export interface Search {
  /** null where the local network is left out. */
  lan: Lan | null
  reach: Reach
}

/**
 * Tells a person whether it is working: who is connected and how they were found, who was lost, and
 * why nothing arrives where nothing does. Says nothing while nothing changes.
 */
export class Presence {
  readonly #swarm: Hyperswarm
  readonly #core: Hypercore
  readonly #status: Status
  readonly #search: Search
  readonly #acquaintances = new Map<Peer, Acquaintance>()
  readonly #lost = new Set<string>()
  readonly #timers = new Set<Timer>()
  #lostWriter = false
  #cutOff = false
  #telling = false
  #closed = false

  constructor(swarm: Hyperswarm, core: Hypercore, status: Status, search: Search) {
    this.#swarm = swarm
    this.#core = core
    this.#status = status
    this.#search = search
    core.on('peer-add', (peer) => this.#met(peer))
    core.on('peer-remove', (peer) => this.#parted(peer))
    const waiting = this.#after(PATIENCE_MS, () => {
      status.info(`no peer yet, still looking ${this.#where()}`)
    })
    core.once('peer-add', () => clearTimeout(waiting))
  }

  /** Takes the account of `peer` of how many connections it is away from the writer. */
  acquaint(peer: Peer, hops: number): void {
    const acquaintance = this.#acquaintances.get(peer)
    if (acquaintance === undefined) return
    acquaintance.hops = hops
    this.#report(peer)
    this.#tellPath()
  }

  /** Tells whether the DHT answers. */
  tellReach(answers: boolean): void {
    if (this.#closed) return
    const elsewhere = this.#search.lan === null ? 'nowhere else (--no-lan)' : `${LOCAL} only`
    this.#status.info(answers ? 'the DHT answers' : `the DHT does not answer, looking ${elsewhere}`)
  }

  /** Says no more: what ends from now on ends because of us. */
  close(): void {
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #where(): string {
    const { lan, reach } = this.#search
    if (reach.answers !== false) return lan === null ? 'in the DHT' : `in the DHT, ${LOCAL}`
    return lan === null ? 'in the DHT, which does not answer' : `${LOCAL} only`
  }

  #met(peer: Peer): void {
    this.#acquaintances.set(peer, { reported: false })
    if (this.#core.writable) this.#report(peer)
    else this.#after(ACQUAINTED_MS, () => this.#report(peer))
  }

  #report(peer: Peer): void {
    const acquaintance = this.#acquaintances.get(peer)
    if (this.#closed || !acquaintance || acquaintance.reported) return
    acquaintance.reported = true
    const who = this.#role(acquaintance)
    const id = b4a.toString(peer.remotePublicKey, 'hex')
    // a writer that was started anew has another key here
    const again = this.#lost.delete(id) || (who === 'the writer' && this.#lostWriter)
    if (who === 'the writer') this.#lostWriter = false
    this.#status.info(
      `${again ? `found ${who} again` : `connected to ${who}`}${this.#address(peer)} (${this.#count()})`
    )
  }

  #parted(peer: Peer): void {
    const acquaintance = this.#acquaintances.get(peer)
    this.#acquaintances.delete(peer)
    if (this.#closed || !acquaintance?.reported) return
    const who = this.#role(acquaintance)
    this.#lost.add(b4a.toString(peer.remotePublicKey, 'hex'))
    const [oldest] = this.#lost
    if (this.#lost.size > MAX_LOST && oldest !== undefined) this.#lost.delete(oldest)
    if (who === 'the writer') this.#lostWriter = true
    const waiting = who === 'the writer' || this.#core.peers.length === 0
    this.#status.info(
      `lost ${who} (${this.#count()})${waiting ? `, still looking ${this.#where()}` : ''}`
    )
    this.#tellPath()
  }

  #role({ hops }: Acquaintance): string {
    if (hops === 0) return 'the writer'
    return hops === undefined && !this.#core.writable ? 'a peer' : 'a reader'
  }

  #count(): string {
    const { length } = this.#core.peers
    return length === 1 ? '1 peer' : `${length || 'no'} peers`
  }

  #address(peer: Peer): string {
    const connection = [...this.#swarm.connections].find((other) => other === peer.stream)
    if (connection === undefined) return ''
    const { remoteHost } = connection.rawStream
    return ` at ${remoteHost}, ${this.#found(peer.remotePublicKey, remoteHost)}`
  }

  #found(publicKey: Uint8Array, host: string): string {
    const { lan, reach } = this.#search
    if (lan === null || (reach.answers === true && !lan.heard(publicKey))) return 'through the DHT'
    const ours = Object.values(os.networkInterfaces())
      .flat()
      .some(({ address }) => address === host)
    return ours ? 'on this machine' : 'on the local network'
  }

  // readers that know no way to the writer have nothing new
  #tellPath(): void {
    if (this.#hasPath() !== this.#cutOff || this.#telling) return
    this.#telling = true
    this.#after(PATIENCE_MS, () => this.#path())
  }

  #path(): void {
    this.#telling = false
    const path = this.#hasPath()
    if (path !== this.#cutOff) return
    this.#cutOff = !path
    this.#status.info(
      path
        ? 'there is a way to the writer again'
        : 'no peer here knows a way to the writer, so nothing new arrives until it is back'
    )
  }

  #hasPath(): boolean {
    const peers = [...this.#acquaintances.values()]
    return this.#core.writable || peers.length === 0 || peers.some(({ hops = 0 }) => hops < FAR)
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
