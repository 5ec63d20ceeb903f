import { Random } from '../../test/helpers/random.ts'
import { Clock } from './clock.ts'
import { type Kind, Peer } from './peer.ts'

/** What is simulated. Times are in milliseconds. */
export interface Scenario {
  readers: number
  seed: number
  /** Between two peers, half as much to half as much again. */
  latencyMs: number
  /** Part of the messages that are sent again. */
  loss: number
  /** All readers begin within this time. */
  joinMs: number
  /** Part of the readers that leave in a minute, half of them without a word; as many come. */
  churn: number
  /** Part of the readers that claim to be the writer, and serve nothing. */
  liars: number
  /** Part of the readers that are killed at once just before the middle one of the lines: the first that came. */
  killed: number
  lines: number
}

/** Milliseconds until so many readers had a line. */
interface Spread {
  half: number
  most: number
  all: number
}

/** What came of it. */
export interface Outcome {
  readers: number
  seed: number
  /** Connections between the writer and the reader that is the furthest away; how many are at each. */
  depth: number
  hops: number[]
  /** For each line: milliseconds until half, 99 % and all of the readers had it. */
  lines: Spread[]
  /** The same for the line after readers were killed; null where none was. */
  afterKill: Spread | null
  /** The longest that a reader was without a path, from its start or from the end of a path. */
  longestLostMs: number
  /** Readers that have had no path for a while at the end, and readers that lack a line that was there in their time. */
  withoutPath: number
  missing: number
  dials: number
  lookUps: number
  /** Dials in the last minute. */
  lateDials: number
  refusals: number
  packets: number
  connections: number
  /** How many the writer sends each line to. */
  fanOut: number
}

/** The first line comes when the readers have had this long to assemble. */
const ASSEMBLY_MS = 60_000
const LINE_MS = 3000
const TAIL_MS = 30_000
/** Who has been there for so long is expected to have every line. */
const SETTLED_MS = 10_000
/** How long a look-up in the DHT takes; a peer is announced when its first one ends. */
const LOOKUP_MS = 1000
/** The nodes that are nearest to a topic know who announced it, and tell so many of them, by chance. */
const NODES = 20
const RECORDS = 20
const RESENT_MS = 200

/** A network of peers, in which chance is determined by a seed. */
export class World {
  readonly random: Random
  readonly #scenario: Scenario
  readonly #clock = new Clock()
  readonly #writer: Peer
  readonly #announced: Peer[] = []
  readonly #isAnnounced = new Set<Peer>()
  readonly #alive = new Set<Peer>()
  readonly #began = new Map<Peer, number>()
  readonly #arrivals: { at: number; waits: Set<Peer>; delays: number[] }[] = []
  #longestLost = 0
  dials = 0
  lookUps = 0
  refusals = 0
  packets = 0
  fanOut = 0

  constructor(scenario: Scenario) {
    this.#scenario = scenario
    this.random = new Random(scenario.seed)
    this.#writer = this.#join('writer')
  }

  /** How many peers there are. */
  get size(): number {
    return this.#alive.size
  }

  get now(): number {
    return this.#clock.now
  }

  after(ms: number, happen: () => void): void {
    this.#clock.after(ms, happen)
  }

  latency(): number {
    const { latencyMs, loss } = this.#scenario
    const way = latencyMs * this.jitter()
    return this.random.below(10_000) < loss * 10_000 ? way + RESENT_MS : way
  }

  /** In [0, 1). */
  chance(): number {
    return this.random.below(1000) / 1000
  }

  /** From half to half as much again. */
  jitter(): number {
    return 0.5 + this.chance()
  }

  /** Brings a message to a peer, if that is still there. */
  send(to: Peer, arrive: () => void, delay = 0): void {
    this.after(delay + this.latency(), () => {
      if (to.alive) arrive()
    })
  }

  /** Some of the peers that were announced, of which some are dead. */
  lookUp(asking: Peer, found: (peers: Peer[]) => void): void {
    this.after(LOOKUP_MS, () => {
      if (!asking.alive) return
      found(this.#records())
      if (!this.#isAnnounced.has(asking)) this.#announced.push(asking)
      this.#isAnnounced.add(asking)
    })
  }

  // a peer that several nodes have told of is in there several times
  #records(): Peer[] {
    const { length } = this.#announced
    const records: Peer[] = []
    if (length <= RECORDS) return [...this.#announced]
    for (let i = 0; i < NODES * RECORDS; i++) {
      const peer = this.#announced[this.random.below(length)]
      if (peer !== undefined) records.push(peer)
    }
    return records
  }

  /** Up to `count` of `all`, by chance. */
  some<T>(all: readonly T[], count: number): T[] {
    const chosen = new Set<T>()
    for (let tries = 0; tries < 2 * count && chosen.size < Math.min(count, all.length); tries++) {
      const one = all[this.random.below(all.length)]
      if (one !== undefined) chosen.add(one)
    }
    return [...chosen]
  }

  /** `peer` has the first `length` lines. */
  has(peer: Peer, length: number): void {
    for (let line = length - 1; line >= 0; line--) {
      const arrival = this.#arrivals[line]
      if (!arrival?.waits.delete(peer)) return
      arrival.delays.push(this.now - arrival.at)
    }
  }

  /** `peer` has a path to the writer now, or has none. */
  path({ feed }: Peer, there: boolean): void {
    if (!there) feed.lostAt ??= this.now
    else if (feed.lostAt !== null) {
      this.#longestLost = Math.max(this.#longestLost, this.now - feed.lostAt)
      feed.lostAt = null
    }
  }

  /** Lets everything happen, and tells what came of it. */
  run(): Outcome {
    const { readers, joinMs, lines, churn, killed } = this.#scenario
    for (let i = 0; i < readers; i++) {
      this.after(this.random.below(joinMs + 1), () => this.#joinReader())
    }
    const end = ASSEMBLY_MS + lines * LINE_MS
    const leaving = (churn * readers) / 60_000
    if (leaving > 0) this.after(joinMs + 1 / leaving, () => this.#turnOver(leaving, end))
    for (let i = 0; i < lines; i++) this.after(ASSEMBLY_MS + i * LINE_MS, () => this.#type())
    this.after(ASSEMBLY_MS + middleOf(lines) * LINE_MS - 1, () => this.#kill(killed))
    this.#clock.run(end + TAIL_MS - 60_000)
    const dialsBefore = this.dials
    this.#clock.run(end + TAIL_MS)
    return this.#outcome(this.dials - dialsBefore)
  }

  #join(kind: Kind): Peer {
    const peer = new Peer(this, kind)
    this.#began.set(peer, this.now)
    this.#alive.add(peer)
    return peer
  }

  #joinReader(): void {
    this.#join(this.random.chance(this.#scenario.liars) ? 'liar' : 'reader')
  }

  #turnOver(rate: number, end: number): void {
    if (this.now >= end) return
    const peers = this.#announced
    const peer = peers[this.random.below(peers.length)]
    if (peer?.alive && peer !== this.#writer) {
      const inOrder = this.random.chance(0.5)
      this.#leave(peer, inOrder)
      if (inOrder) this.#unannounce(peer)
      this.#joinReader()
    }
    this.after((1 / rate) * this.jitter(), () => this.#turnOver(rate, end))
  }

  #leave(peer: Peer, inOrder: boolean): void {
    peer.leave(inOrder)
    this.#alive.delete(peer)
    for (const { waits } of this.#arrivals) waits.delete(peer)
  }

  // a set keeps the order in which they came
  #kill(part: number): void {
    const readers = [...this.#alive].filter((peer) => peer !== this.#writer)
    for (const peer of readers.slice(0, Math.round(part * readers.length))) this.#leave(peer, false)
  }

  #unannounce(peer: Peer): void {
    const at = this.#announced.indexOf(peer)
    const last = this.#announced.pop()
    if (last !== undefined && last !== peer) this.#announced[at] = last
  }

  #type(): void {
    const waits = new Set<Peer>()
    for (const peer of this.#alive) {
      if (peer.kind === 'reader' && this.now - (this.#began.get(peer) ?? 0) >= SETTLED_MS) {
        waits.add(peer)
      }
    }
    this.#arrivals.push({ at: this.now, waits, delays: [] })
    this.#writer.feed.append()
  }

  #outcome(lateDials: number): Outcome {
    const readers = [...this.#alive].filter(({ kind }) => kind === 'reader')
    const settled = readers.filter((peer) => this.now - (this.#began.get(peer) ?? 0) >= SETTLED_MS)
    const lost = settled.filter(
      ({ feed: { lostAt } }) => this.now - (lostAt ?? this.now) >= SETTLED_MS
    )
    for (const { feed } of lost) {
      this.#longestLost = Math.max(this.#longestLost, this.now - (feed.lostAt ?? this.now))
    }
    const hops: number[] = []
    for (const peer of settled) {
      const { hops: at, lostAt } = peer.feed
      if (lostAt === null) hops[at] = (hops[at] ?? 0) + 1
    }
    const lines = this.#arrivals.map(({ delays, waits }) => timesOf(delays, waits.size))
    const counts = Array.from(hops, (count) => count ?? 0)
    return {
      readers: this.#scenario.readers,
      seed: this.#scenario.seed,
      depth: counts.length - 1,
      hops: counts.slice(1),
      lines,
      afterKill: this.#scenario.killed > 0 ? (lines[middleOf(lines.length)] ?? null) : null,
      longestLostMs: Math.round(this.#longestLost),
      withoutPath: lost.length,
      missing: settled.filter(({ feed }) => feed.length < this.#arrivals.length).length,
      dials: this.dials,
      lookUps: this.lookUps,
      lateDials,
      refusals: this.refusals,
      packets: this.packets,
      connections: readers.reduce((sum, { ends }) => sum + ends.size, 0) / readers.length,
      fanOut: this.fanOut
    }
  }
}

function middleOf(lines: number): number {
  return lines >> 1
}

function timesOf(delays: number[], waiting: number): Spread {
  const sorted = [...delays, ...Array.from({ length: waiting }, () => Infinity)].sort(
    (a, b) => a - b
  )
  const at = (part: number): number => Math.round(sorted[Math.ceil(part * sorted.length) - 1] ?? 0)
  return { half: at(0.5), most: at(0.99), all: at(1) }
}
