import type { Candidate, FeedPeer } from './candidate.ts'
import type { Delivery } from './events.ts'
import type { Batch, Begin } from './messages.ts'
import type { Subscription } from './subscription.ts'
import type { Verdict, Verifier } from './verifier.ts'

type Current = Subscription<Candidate>

/** What the messages of a subscription come to. */
interface IntakeEvents {
  ondelivery(delivery: Delivery): void
  /**
   * The source has proven the log to end at `end`, and its batches will continue ours; it says that
   * `before` blocks were there when we began to wait.
   */
  onbegun(end: number, before: number): void
  /** Our log has grown by a batch from `start` to `end`. */
  onstored(subscription: Current, start: number, end: number): void
  /** Our log grew or forked by other means, so that its source has to be asked anew. */
  onlogmoved(): void
  /** A peer sent what no honest peer sends. */
  onoffence(peer: FeedPeer, reason: string): void
  /** Our log can't be written. */
  onerror(err: unknown): void
}

/** The way of a source's messages: the subscription looks at them first, then the verifier. */
export class Intake {
  readonly #verifier: Verifier
  readonly #now: () => number
  readonly #events: IntakeEvents

  constructor(verifier: Verifier, now: () => number, events: IntakeEvents) {
    this.#verifier = verifier
    this.#now = now
    this.#events = events
  }

  begin(subscription: Current, message: Begin): void {
    const reason = subscription.receiveBegin(message)
    if (reason !== null) return this.#events.onoffence(subscription.source.channel, reason)
    const end = message.end?.length ?? 0
    this.#verifier.begin(message, subscription.request, {
      isWanted: () => !subscription.isOver,
      onverdict: (verdict) => {
        if (verdict.is !== 'stored') return this.#fault(subscription, verdict)
        subscription.proved(end, this.#now())
        this.#events.onbegun(end, message.before)
      }
    })
  }

  batch(subscription: Current, message: Batch): void {
    const reason = subscription.receiveBatch(message)
    const { source } = subscription
    if (reason !== null) return this.#events.onoffence(source.channel, reason)
    const { id, start, blocks } = message
    const release = (): void => {
      const end = subscription.taken(this.#now())
      if (!subscription.isOver) source.channel.ack({ id, end })
    }
    this.#verifier.append(message, {
      isWanted: () => !subscription.isOver,
      onappend: (stored) => this.#events.ondelivery({ start, blocks, stored, release }),
      onverdict: (verdict) => {
        if (verdict.is !== 'stored') return this.#fault(subscription, verdict)
        const now = this.#now()
        source.forgive()
        // the source had what its fallback did not send
        subscription.stored(now)?.failed(now)
        this.#events.onstored(subscription, start, start + blocks.length)
      }
    })
  }

  /** Resolves once no message is being looked at. */
  async close(): Promise<void> {
    await this.#verifier.close()
  }

  #fault({ source, isOver }: Current, verdict: Verdict): void {
    if (verdict.is === 'offence') this.#events.onoffence(source.channel, verdict.reason)
    if (verdict.is === 'log-moved' && !isOver) this.#events.onlogmoved()
    if (verdict.is === 'local') this.#events.onerror(verdict.error)
  }
}
