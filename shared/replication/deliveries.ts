import type { Delivery } from '../feed/events.ts'

/** Blocks that the feed has brought, in the order in which they came, until they are read. */
export class Deliveries {
  #queue: Delivery[] = []

  add(delivery: Delivery): void {
    this.#queue.push(delivery)
  }

  /** The first one that brings block `position` or later ones; what lies before is let go of. */
  next(position: number): Delivery | undefined {
    for (;;) {
      const head = this.#queue[0]
      if (!head || head.start + head.blocks.length > position) return head
      this.#queue.shift()
      head.release()
    }
  }

  /** Takes `delivery` out; false where it is not the first one any more. */
  take(delivery: Delivery): boolean {
    if (this.#queue[0] !== delivery) return false
    this.#queue.shift()
    return true
  }

  clear(): void {
    this.#queue = []
  }
}
