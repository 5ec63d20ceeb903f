import b4a from 'b4a'
import type { Hypercore, Peer } from 'hypercore'
import { treeHash } from '../feed/tree-hash.ts'
import { TokenBucket } from '../limits/rate-limit.ts'
import { Signal } from '../limits/signal.ts'
import { ROOTS_REQUEST, askForRoots, interceptKind } from '../upstream/hypercore-messages.ts'
import { remoteLogOf } from '../upstream/hypercore-peer.ts'
import { type Reorganisation, guardReorganisation } from '../upstream/hypercore-replicator.ts'
import type { TreeNode, Upgrade } from '../upstream/hypercore-proof.ts'
import { settledFork } from '../upstream/hypercore-store.ts'
import { rootsHere, verifiedLength } from '../upstream/hypercore-tree.ts'

/** What it costs to judge roots, where a small message costs 1: of those that cost more none is judged. */
const ROOTS_COST = 1000

/** What the writer's own signature shows of its log that its log here does not. */
export type Contradiction =
  /** The log once had `length` blocks on `fork`: more than here, or on a later fork. */
  | { readonly is: 'longer'; readonly fork: number; readonly length: number }
  /** Blocks that are here are not in the log of `length` blocks on `fork`, which was signed too. */
  | { readonly is: 'different'; readonly fork: number; readonly length: number }

/** The roots of a log on `fork` at one length, and what leads from there to its end. */
interface Roots {
  readonly fork: number
  readonly upgrade: Upgrade
}

/** What a peer claimed when it was asked. */
interface Question {
  readonly fork: number
  readonly length: number
  answered: boolean
}

/**
 * Compares the writer's log with the copies that peers hold: a log that was put back from a backup, or
 * that two machines write, is an honest log by all that the disk can tell, and only a copy shows what
 * it lacks. Each peer is asked once, and again where it claims more than we have. What it answers
 * counts only with the writer's own signature, so that no peer can make it up.
 */
export class CopyCheck {
  readonly #core: Hypercore
  readonly #onfound: (found: Contradiction, peer: Peer) => void
  readonly #questions = new Map<Peer, Question>()
  readonly #change = new Signal()

  constructor(core: Hypercore, onfound: (found: Contradiction, peer: Peer) => void) {
    this.#core = core
    this.#onfound = onfound
    guardReorganisation(core, async (later, apply) => this.#judgeFork(later) && (await apply()))
    core.on('peer-add', (peer) => {
      interceptKind(peer, 'sync', async (message, handle) => {
        await handle(message)
        this.#look(peer)
        this.#change.raise()
      })
      interceptRoots(peer, (roots) => this.#judge(peer, roots))
    })
    core.on('peer-remove', (peer) => {
      this.#questions.delete(peer)
      this.#change.raise()
    })
  }

  /** Resolves once every peer that is connected has answered. */
  async settled(): Promise<void> {
    while (this.#core.readable && !this.#core.peers.every((peer) => this.#isSettled(peer))) {
      await this.#change.raised()
    }
  }

  #isSettled(peer: Peer): boolean {
    const { synced, fork, length } = remoteLogOf(peer)
    const { answered = length === 0 || fork < this.#core.fork } = this.#questions.get(peer) ?? {}
    return synced && answered
  }

  #look(peer: Peer): void {
    const { fork, length } = remoteLogOf(peer)
    const ours = this.#core
    if (length === 0 || fork < ours.fork) return
    const last = this.#questions.get(peer)
    const isAhead = fork > ours.fork || length > ours.length
    if (last && (!isAhead || (last.fork === fork && last.length === length))) return
    this.#questions.set(peer, { fork, length, answered: false })
    // a copy with holes may know the roots of its end alone
    askForRoots(peer, fork, length)
  }

  // what is taken back of a later fork must not cost a block that is here
  #judgeFork({ fork, length, ancestors }: Reorganisation): boolean {
    if (ancestors >= this.#core.length) return true
    for (const [peer, question] of this.#questions) {
      if (question.fork !== fork) continue
      this.#onfound({ is: 'different', fork, length }, peer)
      break
    }
    return false
  }

  async #judge(peer: Peer, roots: Roots): Promise<void> {
    const found = await contradictionIn(this.#core, roots)
    const question = this.#questions.get(peer)
    if (question) question.answered = true
    if (found !== null && this.#core.readable) this.#onfound(found, peer)
    this.#change.raise()
  }
}

/**
 * Has `judge` called with the roots that `peer` shows of its log, asked for or not, in place of
 * Hypercore, which would freeze a log that was signed twice.
 */
export function interceptRoots(peer: Peer, judge: (roots: Roots) => unknown): void {
  const bucket = new TokenBucket()
  interceptKind(peer, 'data', (message, handle) => {
    const { request, fork, upgrade } = message
    if (request !== ROOTS_REQUEST || upgrade?.start !== 0) return handle(message)
    return bucket.tryTake(ROOTS_COST) ? judge({ fork, upgrade }) : null
  })
}

/** What is wrong with the log `core` by the `roots` that a peer shows of its own, if the writer signed them. */
export async function contradictionIn(
  core: Hypercore,
  { fork, upgrade }: Roots
): Promise<Contradiction | null> {
  const length = await verifiedLength(core, fork, upgrade)
  if (length === null || fork < core.fork) return null
  if (fork > core.fork) return { is: 'longer', fork, length }
  const at = upgrade.length
  if (at <= core.length) {
    const ours = await rootsHere(core, at)
    // a tree that is read while it is replaced may be neither
    if (fork !== (await settledFork(core))) return null
    // the signature is of as many nodes; a peer can add others
    const theirs = upgrade.nodes.slice(0, ours?.length)
    if (ours !== null && !b4a.equals(treeHash(ours), treeHash(theirs))) {
      return { is: 'different', fork, length: at }
    }
  }
  return length > core.length ? { is: 'longer', fork, length } : null
}
