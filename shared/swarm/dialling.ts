import b4a from 'b4a'
import type Hyperswarm from 'hyperswarm'
import type { Connection } from 'hyperswarm'
import { BoundedMap } from '../limits/bounded-map.ts'
import { now } from '../limits/clock.ts'
import { isLive } from '../limits/dead-connections.ts'
import { Lateness } from '../limits/lateness.ts'
import {
  allConnections,
  connectionWith,
  deferPeer,
  dialCounts,
  filterFound,
  forgetPeer,
  giveUpDials,
  isDeferred,
  limitDials
} from '../upstream/hyperswarm.ts'
import { isOwnDial } from '../upstream/hyperswarm-connection.ts'
import {
  MAX_AWAY_MS,
  PATIENCE_MS,
  UNBOUNDED,
  awayFor,
  dialling,
  isCrowd,
  isParted
} from './overlay-policy.ts'

/** So often `look` is to be called. */
export const LOOK_MS = 1000
/** Peers that are known and not connected, at most: twice as many as a look-up in the DHT finds. */
const MAX_UNREACHED = 1024
/** So many as were known count as known for so long: those that are let go of are forgotten at their end. */
const KNOWN_MS = 300_000
/** Peers that are remembered to have turned us away, at most. */
const MAX_AWAY = 1024

/** A dial that is under way, or a connection with a peer that has died. */
interface Unanswered {
  readonly isDial: boolean
  /** When it was seen first. */
  readonly at: number
}

const all = new WeakMap<Hyperswarm, Dialling>()

/** Which peers a swarm dials, and how many at once: the policy of the overlay on Hyperswarm's dialler. */
export class Dialling {
  /** How many peers are heard on the local network. */
  heard = 0
  readonly #swarm: Hyperswarm
  readonly #away = new BoundedMap<string, { times: number; until: number }>(MAX_AWAY)
  readonly #update = (): void => this.#lookNow()
  #hasPath: (() => boolean) | null = null
  #lately = { known: 0, until: -Infinity }
  #failedBefore = 0
  #hadPathAt = now()
  #lateness = new Lateness(LOOK_MS)
  #givenUp = 0
  #upTo = Infinity
  #unanswered = new Map<Connection, Unanswered>()

  private constructor(swarm: Hyperswarm) {
    this.#swarm = swarm
    filterFound(swarm, (publicKey, told) => {
      // that a crowd is known, and bounds the dials of a reader, may be found out just now
      if (this.#hasPath !== null) this.#adapt(this.#live)
      if (this.isAway(publicKey) || this.unreached >= MAX_UNREACHED) return false
      // found again, one that did not answer would be dialled as if it had not been yet: its record in the DHT says
      // nothing new, while a beacon, or a peer that tells of it, says that it is there
      return told || !isCrowd(this.known) || !isDeferred(swarm, publicKey)
    })
  }

  /** The one of `swarm`. */
  static of(swarm: Hyperswarm): Dialling {
    const dialling = all.get(swarm) ?? new Dialling(swarm)
    all.set(swarm, dialling)
    return dialling
  }

  /**
   * Bounds the dials from now on, by whether some peer has a path to the writer. Without it, as at the
   * writer, all peers are dialled at once, until as many as Hyperswarm wants are connected and alive.
   */
  bound(hasPath: () => boolean): void {
    this.#hasPath = hasPath
    this.#lateness = new Lateness(LOOK_MS)
    this.#swarm.on('update', this.#update)
  }

  close(): void {
    this.#hasPath = null
    this.#swarm.off('update', this.#update)
  }

  /** How many peers are known, or were within the last minutes: a crowd is one even where most were let go of. */
  get known(): number {
    return Math.max(this.heard, this.#swarm.peers.size, this.#lately.known)
  }

  /** How many of those that the swarm knows now are not connected. */
  get unreached(): number {
    return this.#swarm.peers.size - this.#swarm.connections.size
  }

  /** Whether more connections are wanted. */
  get wantsMore(): boolean {
    return this.#swarm.connections.size < this.#upTo
  }

  /** Whether we are parted from a crowd. */
  get isParted(): boolean {
    return isParted(this.known, this.#live.length, this.#hasPath?.() ?? null)
  }

  get #live(): Connection[] {
    return [...this.#swarm.connections].filter(isLive)
  }

  /** The peer with `publicKey` has no place for us: it is left alone, longer each time. */
  turnedAway(publicKey: Uint8Array): void {
    const id = b4a.toString(publicKey, 'hex')
    const last = this.#away.get(id)
    const times = last && now() - last.until < MAX_AWAY_MS ? last.times + 1 : 0
    this.#away.set(id, { times, until: now() + awayFor(times, Math.random()) })
    forgetPeer(this.#swarm, publicKey)
  }

  /** Whether the peer with `publicKey` is to be left alone. */
  isAway(publicKey: Uint8Array): boolean {
    return (this.#away.get(b4a.toString(publicKey, 'hex'))?.until ?? 0) > now()
  }

  /** Looks at all connections and dials, every LOOK_MS: a path may have come or gone. */
  look(): void {
    this.#lateness.mark()
    this.#lookNow()
  }

  #lookNow(): void {
    const live = this.#live
    this.#deferSilent(live)
    this.#adapt(live)
  }

  // the bounds, to what is known now
  #adapt(live: readonly Connection[]): void {
    const { connections, connecting, peers } = this.#swarm
    if (peers.size >= this.#lately.known || now() >= this.#lately.until) {
      this.#lately = { known: peers.size, until: now() + KNOWN_MS }
    }
    const dead = connections.size - live.length
    if (this.#hasPath === null) {
      return limitDials(this.#swarm, UNBOUNDED.upTo + dead, UNBOUNDED.atOnce)
    }
    const { attempted, opened } = dialCounts(this.#swarm)
    const failed = attempted - opened - connecting - this.#givenUp
    const hasPath = this.#hasPath()
    if (hasPath) {
      this.#failedBefore = failed
      this.#hadPathAt = now()
    }
    const hanging = this.#hanging
    const { upTo, atOnce } = dialling({
      known: this.known,
      connected: live.length,
      accepted: live.filter((connection) => !isOwnDial(connection)).length,
      hasPath,
      lostFor: now() - this.#hadPathAt,
      failed: Math.max(0, failed - this.#failedBefore),
      hanging,
      isStrained: this.#lateness.isStrained
    })
    this.#upTo = upTo
    limitDials(this.#swarm, upTo + dead + Math.min(hanging, atOnce), atOnce)
    const isEnough = isCrowd(this.known) && live.length >= upTo
    if (hasPath && isEnough) this.#givenUp += giveUpDials(this.#swarm)
  }

  // Hyperswarm dials such a peer again before any that it has never dialled: of a crowd others may answer
  #deferSilent(live: readonly Connection[]): void {
    const swarm = this.#swarm
    const before = this.#unanswered
    const answered = new Set(live)
    const unanswered = allConnections(swarm).filter((one) => !answered.has(one))
    this.#unanswered = new Map(
      unanswered.map((one) => {
        const at = before.get(one)?.at ?? now()
        return [one, { isDial: !swarm.connections.has(one), at }]
      })
    )
    if (!isCrowd(this.known) && !this.#lateness.isStrained) return
    for (const [{ remotePublicKey }, { isDial }] of before) {
      if (!connectionWith(swarm, remotePublicKey)) deferPeer(swarm, remotePublicKey, !isDial)
    }
  }

  get #hanging(): number {
    const dials = [...this.#unanswered].filter(([one, { isDial }]) => isDial && !one.destroying)
    return dials.filter(([, { at }]) => now() - at >= PATIENCE_MS).length
  }
}
