import { type KeepAlive, keepAlive } from '../../shared/swarm/keep-alive.ts'
import { Dialler } from './dialler.ts'
import { End } from './end.ts'
import { Feed } from './feed.ts'
import type { World } from './world.ts'

/** What is sent to a peer that was killed is sent again after so long; and so long after, it seems dead. */
const SENT_AGAIN_MS = 1000
const SEEMS_DEAD_MS = 2500
/** And so long after, the connection ends. */
const TIMED_OUT_MS = 14_000

/** What a peer of the simulation is. */
export type Kind = 'writer' | 'reader' | 'liar'

/** A peer of the simulated network: the policies of the apps, with nothing but plain data around them. */
export class Peer {
  readonly #world: World
  readonly kind: Kind
  readonly ends = new Map<Peer, End>()
  readonly feed: Feed
  readonly dialler: Dialler
  alive = true

  constructor(world: World, kind: Kind) {
    this.#world = world
    this.kind = kind
    this.feed = new Feed(world, this)
    this.dialler = new Dialler(world, this)
  }

  /** A dial to `peer` has succeeded. */
  connect(peer: Peer): void {
    const [mine, theirs] = End.pair(this, peer, this.#world.now)
    this.ends.set(peer, mine)
    peer.ends.set(this, theirs)
    this.#world.packets += 12
    peer.dialler.judge(theirs, this.feed.claimsPath)
    this.dialler.judge(mine, peer.feed.claimsPath)
    this.feed.opened(mine)
    peer.feed.opened(theirs)
  }

  /** Ends the connection with the peer at the other end. */
  close(end: End): void {
    if (!end.open) return
    end.open = false
    end.other.open = false
    this.#closed(end)
    end.peer.#closed(end.other)
  }

  /** Ends the connection, as with a peer that has gone. */
  drop(end: End): void {
    this.close(end)
    this.dialler.ended(end)
    if (end.peer.alive) end.peer.dialler.ended(end.other)
  }

  /** Leaves: in order, or without a word, so that the others notice late. */
  leave(inOrder: boolean): void {
    this.alive = false
    for (const end of this.ends.values()) {
      const { peer, other } = end
      const spoken = peer.#speaksIn(other)
      if (!inOrder) this.#world.after(spoken, () => peer.unanswered(other))
      const delay = inOrder ? this.#world.latency() : spoken + TIMED_OUT_MS
      this.#world.after(delay, () => this.#gone(peer, end))
    }
  }

  /** Something was sent to the peer at the other end, which is dead. */
  unanswered(end: End): void {
    this.#world.after(SENT_AGAIN_MS, () => {
      if (this.alive && end.open && this.feed.source === end) this.feed.askForLife()
    })
    this.#world.after(SEEMS_DEAD_MS, () => {
      if (!this.alive || !end.open || end.seemsDead) return
      this.feed.suspect(end)
      this.dialler.lookLater()
    })
  }

  // in how many milliseconds the peer shows that it is alive, where the one at the other end has died
  #speaksIn(end: End): number {
    const { ms, putOff } = this.#keepAlive(end)
    const every = putOff ? Math.min(ms, end.peer.#keepAlive(end.other).ms) : ms
    return ms - every * this.#world.chance()
  }

  #keepAlive(end: End): KeepAlive {
    const { own, followsUs } = end
    return keepAlive(this.#world.size, { isSource: this.feed.source === end, followsUs, own })
  }

  #gone(peer: Peer, end: End): void {
    if (!end.open) return
    this.close(end)
    if (peer.alive) peer.dialler.ended(end.other)
  }

  #closed(end: End): void {
    if (this.ends.get(end.peer) === end) this.ends.delete(end.peer)
    if (!this.alive) return
    this.feed.closed(end)
    this.dialler.lookLater()
  }
}
