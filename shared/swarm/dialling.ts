import b4a from 'b4a'
import type Hyperswarm from 'hyperswarm'
import { now } from '../limits/clock.ts'
import {
  forgetPeer,
  isOwnDial,
  limitDials
} from '../upstream/hyperswarm.ts'
import {
  type Degree,
  OWN_CHOICE,
  READER,
  awayFor,
  dialUpTo,
  dialsAtOnce,
  isLost
} from './overlay-policy.ts'

/** Peers that are remembered to have turned us away, at most. */
const MAX_AWAY = 1024
/** After each step without a path there are more dials at once. A busy process is late for it, and dials less. */
const STEP_MS = 1000

const all = new WeakMap<Hyperswarm, Dialling>()

/** Which peers a swarm dials, and how many at once: the policy of the overlay on Hyperswarm's dialler. */
export class Dialling {
  readonly #swarm: Hyperswarm
  readonly #away = new Map<string, { times: number; until: number }>()
  #degree: Degree = READER
  /** Since when no path to the writer is known; null while one is. */
  #lostAt: number | null = now()
  #settledAt = now()
  /** How many steps have passed since then. */
  #steps = 0
  #steppedAt = now()
  #upTo = 0
  #refusals = 0
  #pausedUntil = 0

  private constructor(swarm: Hyperswarm) {
    this.#swarm = swarm
    swarm.on('update', () => this.#apply())
    const timer = setInterval(() => this.#step(), STEP_MS)
    swarm.once('close', () => clearInterval(timer))
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
    return this.#swarm.connections.size + this.#swarm.connecting < this.#upTo
  }

  /** Whether no peer has known a way to the writer for a while. */
  get isLost(): boolean {
    return isLost(this.#lostFor)
  }

  get #lostFor(): number {
    return this.#lostAt === null ? 0 : now() - this.#lostAt
  }

  /** Says how many peers are wanted, and whether one of them knows a way to the writer. */
  want(degree: Degree, hasPath: boolean): void {
    this.#degree = degree
    if (hasPath && this.#lostAt !== null) this.#settledAt = now()
    this.#lostAt = hasPath ? null : (this.#lostAt ?? now())
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
    this.#pausedUntil = now() + awayFor(this.#refusals++, Math.random())
    forgetPeer(this.#swarm, publicKey)
    this.#apply()
  }

  /** Whether the peer with `publicKey` is to be left alone. */
  isAway(publicKey: Uint8Array): boolean {
    return (this.#away.get(b4a.toString(publicKey, 'hex'))?.until ?? 0) > now()
  }

  #apply(): void {
    const { connections, connecting } = this.#swarm
    const own = [...connections].filter(isOwnDial).length + connecting
    if (own - connecting >= OWN_CHOICE) this.#refusals = 0
    const paused = now() < this.#pausedUntil
    const known = {
      connections: connections.size + connecting,
      own,
      lostFor: this.#lostFor,
      settledFor: now() - this.#settledAt,
      paused
    }
    this.#upTo = dialUpTo(known, this.#degree)
    const isUrgent = this.#lostAt !== null || connections.size === 0
    const atOnce = dialsAtOnce(isUrgent ? this.#steps : null)
    limitDials(this.#swarm, { connections: this.#upTo, atOnce })
  }

  #step(): void {
    const isUrgent = this.#lostAt !== null || this.#swarm.connections.size === 0
    const late = now() - this.#steppedAt > 1.25 * STEP_MS
    this.#steppedAt = now()
    if (!isUrgent) this.#steps = 0
    else if (!late) this.#steps++
    if (isUrgent) this.#apply()
  }
}
