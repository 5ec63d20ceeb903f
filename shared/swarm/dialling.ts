import b4a from 'b4a'
import os from 'bare-os'
import type Hyperswarm from 'hyperswarm'
import { now } from '../limits/clock.ts'
import { forgetPeer, isOwnDial, limitDials } from '../upstream/hyperswarm.ts'
import {
  type Connected,
  type Degree,
  READER,
  awayFor,
  dialUpTo,
  dialsAtOnce,
  looksAgain,
  seeks
} from './overlay-policy.ts'

/** Peers that are remembered to have turned us away, at most. */
const MAX_AWAY = 1024

const all = new WeakMap<Hyperswarm, Dialling>()

/** Which peers a swarm dials, and how many at once: the policy of the overlay on Hyperswarm's dialler. */
export class Dialling {
  readonly #swarm: Hyperswarm
  readonly #away = new Map<string, { times: number; until: number }>()
  #degree: Degree = READER
  /** Since when other peers are sought; null while the writer is near enough. */
  #lostAt: number | null = now()
  /** Since when the writer is near enough. */
  #settledAt = Infinity
  /** For how many seconds in a row no peer has been of any help. */
  #seconds = 0
  #upTo = 0

  private constructor(swarm: Hyperswarm) {
    this.#swarm = swarm
    swarm.on('update', () => this.#apply())
    this.#apply()
  }

  /** The one of `swarm`. */
  static of(swarm: Hyperswarm): Dialling {
    const dialling = all.get(swarm) ?? new Dialling(swarm)
    all.set(swarm, dialling)
    return dialling
  }

  /** Whether one more peer is to be dialled, those under way counted. */
  get wantsMore(): boolean {
    return this.#known.own < this.#upTo
  }

  /** Whether the DHT is to be asked again for peers. */
  get looksAgain(): boolean {
    return looksAgain(this.#known, this.#degree)
  }

  get #isUrgent(): boolean {
    return this.#lostAt !== null || this.#swarm.connections.size === 0
  }

  get #known(): Connected {
    const { connections, connecting } = this.#swarm
    return {
      connections: connections.size + connecting,
      own: [...connections].filter(isOwnDial).length + connecting,
      lostFor: this.#lostAt === null ? 0 : now() - this.#lostAt,
      settledFor: Math.max(0, now() - this.#settledAt)
    }
  }

  /**
   * Says how many peers are wanted, and how many connections lie between us and the writer: once a
   * second or so, as more may be dialled at once each time that none of those we know is of any help.
   */
  want(degree: Degree, hops: number): void {
    this.#degree = degree
    this.#lostAt = seeks(hops) ? (this.#lostAt ?? now()) : null
    this.#settledAt = seeks(hops) ? Infinity : Math.min(this.#settledAt, now())
    this.#seconds = this.#isUrgent ? this.#seconds + 1 : 0
    this.#apply()
  }

  /** The peer with `publicKey` has no place for us: it is left alone, longer each time. */
  turnedAway(publicKey: Uint8Array): void {
    const id = b4a.toString(publicKey, 'hex')
    const times = this.#away.get(id)?.times ?? 0
    this.#away.delete(id)
    this.#away.set(id, { times: times + 1, until: now() + awayFor(times, Math.random()) })
    const [oldest] = this.#away.keys()
    if (this.#away.size > MAX_AWAY && oldest !== undefined) this.#away.delete(oldest)
    forgetPeer(this.#swarm, publicKey)
    this.#apply()
  }

  /** Whether the peer with `publicKey` is to be left alone. */
  isAway(publicKey: Uint8Array): boolean {
    return (this.#away.get(b4a.toString(publicKey, 'hex'))?.until ?? 0) > now()
  }

  #apply(): void {
    this.#upTo = dialUpTo(this.#known, this.#degree)
    const load = os.loadavg()[0] ?? 0
    const isBusy = load > os.availableParallelism()
    const atOnce = dialsAtOnce({ isUrgent: this.#isUrgent, seconds: this.#seconds, isBusy })
    limitDials(this.#swarm, { dialled: this.#upTo, atOnce })
  }
}
