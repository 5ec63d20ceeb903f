import type { Hypercore } from 'hypercore'
import { causeOf, codeOf, messageOf } from '../errors.ts'
import { now } from '../limits/clock.ts'
import { appendBlocks } from '../upstream/hypercore-append.ts'
import { isHypercoreError, isInvalidData } from '../upstream/hypercore-errors.ts'
import type { Proof } from '../upstream/hypercore-proof.ts'
import {
  MAX_SIGNATURE_BYTES,
  applyProof,
  isSignedEnd,
  setManifest
} from '../upstream/hypercore-tree.ts'
import { leapTo } from '../upstream/hypercore-trim.ts'
import { type OwnLog, ownLog } from './claim.ts'
import type { Keeping } from './keeping.ts'
import type { LengthHistory } from './length-history.ts'
import type { LogMemory } from './memory.ts'
import type { Batch, Begin, Subscribe } from './messages.ts'
import type { RecentBatches } from './recent-batches.ts'

/** What has become of a message. */
export type Verdict =
  /** It is the writer's, and our log has grown by it. */
  | { readonly is: 'stored' }
  /** Our log grew or forked meanwhile: no fault of the source. */
  | { readonly is: 'log-moved' }
  /** It can't be the writer's. */
  | { readonly is: 'offence'; readonly reason: string }
  /** A fault of this machine, such as a full disk. */
  | { readonly is: 'local'; readonly error: unknown }

/** What a source was asked, as far as its answer is judged by that. */
type Asked = Pick<Subscribe, 'length' | 'waited'>

const STORED = { is: 'stored' } as const
const LOG_MOVED = { is: 'log-moved' } as const

/** What the subscription of a message wants to be told. */
interface Job {
  /** Whether the subscription is still on: else its messages are left alone. */
  isWanted(): boolean
  /** Called before the next message is looked at. */
  onverdict(verdict: Verdict): void
}

/** The same for a batch, whose blocks can be handed on before they are stored. */
interface BatchJob extends Job {
  /** The append has begun; `stored` resolves to whether the writer has signed it and it is on disk. */
  onappend(stored: Promise<boolean>): void
}

/**
 * The only code that makes a copy longer by the feed: it takes nothing that the writer did not sign.
 * One message after the other, in the order in which they came.
 */
export class Verifier {
  readonly #core: Hypercore
  readonly #session: Hypercore
  readonly #recent: RecentBatches
  readonly #history: LengthHistory
  readonly #keeping: Keeping
  #queue: Promise<void> = Promise.resolve()
  #closed = false

  constructor(core: Hypercore, { recent, history, keeping }: LogMemory) {
    this.#core = core
    // only this session can append, and only what the writer signed: a reader has no secret key
    this.#session = core.session({ writable: true })
    this.#recent = recent
    this.#history = history
    this.#keeping = keeping
  }

  /** Our log as a source has to know it. */
  get ownLog(): OwnLog {
    return ownLog(this.#core, this.#keeping.kept)
  }

  /** Checks where the source says that the log ends, and takes our log, `asked` for, to its start. */
  begin({ start, proof, end, before }: Begin, asked: Asked, job: Job): void {
    this.#enqueue(job, async () => {
      if (proof?.manifest) await setManifest(this.#core, proof.manifest)
      if (!job.isWanted()) return null
      if (end !== null && !(await isSignedEnd(this.#core, end))) {
        return offence(`claims ${end.length} blocks that the writer did not sign`)
      }
      const { length } = this.#core
      if (proof !== null && isUpgrade(proof, length, start)) await applyProof(this.#core, proof)
      else if (proof !== null && length < this.#keeping.kept && isUpgrade(proof, 0, start)) {
        // what leads there from here is kept by nobody
        const upgrade = { ...proof, fork: this.#core.fork }
        await leapTo(this.#core, upgrade, () => this.#keeping.leap(start))
      }
      if (!job.isWanted()) return null
      // what others are told who waited as long
      this.#history.record(before, now() - asked.waited)
      this.#history.record(end?.length ?? 0, now())
      if (this.#core.length === start) return STORED
      const moved = this.#core.length !== asked.length
      return moved ? LOG_MOVED : offence(`began at block ${start} without a proof`)
    })
  }

  /** Verifies and stores the blocks of a batch. */
  append({ start, blocks, signature }: Batch, job: BatchJob): void {
    this.#enqueue(job, async () => {
      if (this.#core.length !== start) return LOG_MOVED
      let onstored: (stored: boolean) => void = () => {}
      // In the same tick: once the log has grown, a reader that has not been handed the blocks reads
      // them back from disk.
      job.onappend(new Promise((resolve) => (onstored = resolve)))
      const appended = appendBlocks(this.#session, blocks, {
        signature,
        ongrown: () => {
          if (signature.byteLength <= MAX_SIGNATURE_BYTES) {
            this.#recent.add({ start, signature, blocks })
          }
          onstored(true)
        }
      })
      const { length } = await appended.finally(() => onstored(false))
      // nothing is remembered of blocks that were there when a source began
      this.#history.record(length, now())
      return STORED
    })
  }

  /** Gives no verdict from now on. Resolves once no message is being looked at. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#queue
    await this.#session.close()
  }

  #enqueue(job: Job, judge: () => Promise<Verdict | null>): void {
    this.#queue = this.#queue.then(async () => {
      if (!job.isWanted()) return
      const { fork, length } = this.#core
      let verdict: Verdict | null
      try {
        verdict = await judge()
      } catch (err) {
        const moved = this.#core.fork !== fork || this.#core.length !== length
        verdict = !this.#core.readable ? null : blame(err, moved)
      }
      if (verdict !== null && !this.#closed) job.onverdict(verdict)
    })
  }
}

function blame(err: unknown, moved: boolean): Verdict {
  if (isLocal(err)) return { is: 'local', error: err }
  if (moved) return LOG_MOVED
  return offence(`sent what the writer did not sign: ${messageOf(err)}`)
}

function offence(reason: string): Verdict {
  return { is: 'offence', reason }
}

/** Whether `proof` takes a log of `length` blocks to one of `start`, and does no more. */
function isUpgrade({ block, hash, seek, upgrade }: Proof, length: number, start: number): boolean {
  if (block || hash || seek || !upgrade || upgrade.additionalNodes.length > 0) return false
  return start > length && upgrade.start === length && upgrade.start + upgrade.length === start
}

/**
 * Whether `err` is a matter of this machine, such as a full disk. Any other error in the checking of a
 * message is its sender's fault: Hypercore takes the form of proofs and signatures for granted, and
 * throws what decoding them throws.
 */
function isLocal(err: unknown): boolean {
  if (isHypercoreError(err)) return !isInvalidData(err)
  return err instanceof AggregateError || causeOf(err) !== err || /^E[A-Z0-9]+$/.test(codeOf(err))
}
