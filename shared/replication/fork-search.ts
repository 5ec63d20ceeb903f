import b4a from 'b4a'
import type { Hypercore, Peer } from 'hypercore'
import { now } from '../limits/clock.ts'
import { type ForkGap, onForkGap } from '../upstream/hypercore-fork.ts'
import { interceptKind } from '../upstream/hypercore-messages.ts'
import { askForHoldings, connectionOf, firstHeld, heldFrom } from '../upstream/hypercore-peer.ts'

const REVIEW_MS = 250
/** A peer that has blocks of a gap says so within this time. */
const HOLDINGS_MS = 500
/** After so long without an answer the next peer is asked. */
const ANSWER_MS = 2000
/** A peer that has not answered for so long does not. */
const SILENT_MS = 10_000
/** A log that was rewound becomes the one that a peer has within this time, though another one keeps silent. */
export const FORK_TIMEOUT_MS = 12_000
/** A peer that ends the connection over a question is asked no more often than this. */
const MOST_QUESTIONS = 3

/** What decides where no peer can tell how much of a later fork is in our log too. */
interface ForkEvents {
  /** The first block that the writer keeps on `fork`, by its word. */
  keptOn(fork: number): number
  /** Whether our blocks from `start` to before `end`, which are not known to be in both, may be lost by now. */
  mayDrop(start: number, end: number): boolean
}

/** The question whose answer is waited for, or looked at. */
interface Question {
  readonly peer: Peer
  readonly since: number
  refused: boolean
}

/** What a peer was asked of the present gap. */
interface Asked {
  /** Whether it was asked for what is above a block that it holds, and when for that above one it may lack. */
  aboveHeld: boolean
  aboveLast: number | null
  refused: boolean
}

/**
 * Finds out how much of a later fork is in the log `core` too, until it becomes that one. Each peer is asked for
 * the nodes of its tree above a block that it holds, else above the last block that both may have, since nodes
 * are kept for longer than blocks, and the last ones longest. Where no peer that is connected has them, and the
 * writer keeps no block of the gap either, our blocks in the gap are taken to be others.
 */
export class ForkSearch {
  readonly #core: Hypercore
  readonly #events: ForkEvents
  /** When each peer was asked which blocks it holds. */
  readonly #met = new WeakMap<Peer, number>()
  #gap: ForkGap | null = null
  #since = 0
  #asked = new Map<Peer, Asked>()
  /** By the keys of peers, which may come again. */
  readonly #questions = new Map<string, number>()
  #waitingFor: Question | null = null
  #timer: Timer | null = null

  constructor(core: Hypercore, events: ForkEvents) {
    this.#core = core
    this.#events = events
    core.on('peer-add', (peer) => {
      onForkGap(peer, (gap) => this.#found(gap))
      interceptKind(peer, 'noData', (message, handle) => {
        if (this.#waitingFor?.peer === peer) this.#waitingFor.refused = true
        return handle(message)
      })
    })
    core.on('peer-remove', (peer) => {
      this.#asked.delete(peer)
      if (this.#waitingFor?.peer === peer) this.#giveUp()
    })
    core.on('truncate', () => this.#end())
    core.on('close', () => this.#end())
  }

  #found(gap: ForkGap): void {
    if (!isSame(gap, this.#gap)) {
      this.#end()
      this.#since = now()
    }
    this.#gap = gap
    this.#timer ??= setInterval(() => this.#review(), REVIEW_MS)
    this.#askOn(gap)
  }

  #review(): void {
    const gap = this.#gap
    if (gap === null || !gap.isOpen || !this.#core.readable) return this.#end()
    if (this.#askOn(gap) || !this.#isHopeless(gap)) return
    if (this.#events.mayDrop(gap.start, gap.end)) this.#settle(gap)
    else this.#since = now()
  }

  // whether an answer is waited for
  #askOn(gap: ForkGap): boolean {
    const peers = this.#peersWith(gap)
    for (const peer of peers) this.#meet(peer, gap)
    if (gap.isAsked) {
      if (now() - (this.#waitingFor?.since ?? 0) < ANSWER_MS) return true
      this.#giveUp()
    } else if (this.#waitingFor !== null) {
      const { peer, since, refused } = this.#waitingFor
      // the disk is read for an answer that tells something
      if (!refused && now() - since < SILENT_MS) return true
      this.#of(peer).refused = true
      this.#waitingFor = null
    }
    return peers.some((peer) => this.#ask(peer, gap))
  }

  #peersWith(gap: ForkGap): Peer[] {
    return this.#core.peers.filter((peer) => gap.isTold(peer))
  }

  // unasked, a peer tells of no block that we have, on whatever fork
  #meet(peer: Peer, { start, end }: ForkGap): void {
    if (this.#met.has(peer)) return
    this.#met.set(peer, now())
    askForHoldings(peer, start, end)
  }

  // whether there was still something to ask
  #ask(peer: Peer, gap: ForkGap): boolean {
    const { start, end } = gap
    const asked = this.#of(peer)
    const held = firstHeld(peer, start)
    if (!asked.aboveHeld && held !== -1 && held < end) {
      asked.aboveHeld = true
      return this.#askAbove(held + heldFrom(peer, held, end) - 1, peer, gap)
    }
    if (asked.aboveLast !== null || now() - (this.#met.get(peer) ?? 0) < HOLDINGS_MS) return false
    asked.aboveLast = now()
    const key = b4a.toString(connectionOf(peer).remotePublicKey, 'hex')
    const questions = (this.#questions.get(key) ?? 0) + 1
    this.#questions.set(key, questions)
    asked.refused = questions > MOST_QUESTIONS
    return !asked.refused && this.#askAbove(end - 1, peer, gap)
  }

  #askAbove(block: number, peer: Peer, gap: ForkGap): true {
    this.#of(peer).refused = false
    this.#waitingFor = { peer, since: now(), refused: false }
    gap.ask(peer, block)
    return true
  }

  #giveUp(): void {
    this.#waitingFor = null
    this.#gap?.giveUp()
  }

  #isHopeless(gap: ForkGap): boolean {
    const peers = this.#peersWith(gap)
    const isLate = now() - this.#since >= ANSWER_MS
    const areDone = peers.every((peer) => {
      const { refused, aboveLast } = this.#of(peer)
      return aboveLast !== null && (refused || now() - aboveLast >= SILENT_MS)
    })
    return isLate && areDone && peers.length > 0 && gap.end <= this.#events.keptOn(gap.fork)
  }

  #settle(gap: ForkGap): void {
    this.#end()
    gap.settle()
    this.#core.update({ wait: false }).catch(() => {})
  }

  #of(peer: Peer): Asked {
    const asked = this.#asked.get(peer) ?? { aboveHeld: false, aboveLast: null, refused: false }
    this.#asked.set(peer, asked)
    return asked
  }

  #end(): void {
    this.#gap = null
    this.#waitingFor = null
    this.#asked = new Map()
    this.#questions.clear()
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }
}

function isSame(gap: ForkGap, other: ForkGap | null): boolean {
  return gap.fork === other?.fork && gap.start === other.start && gap.end === other.end
}
