/** Time that passes only as events take place: those of a simulated network, in order. */
export class Clock {
  #now = 0
  #count = 0
  // a binary heap
  readonly #events: { at: number; order: number; happen: () => void }[] = []

  get now(): number {
    return this.#now
  }

  /** Lets something happen in `ms` milliseconds. */
  after(ms: number, happen: () => void): void {
    const events = this.#events
    const event = { at: this.#now + ms, order: this.#count++, happen }
    let i = events.push(event) - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      const above = events[parent]
      if (above === undefined || !isBefore(event, above)) break
      events[i] = above
      i = parent
    }
    events[i] = event
  }

  /** Lets all happen that is due until `end`. */
  run(end: number): void {
    for (let next = this.#events[0]; next && next.at <= end; next = this.#events[0]) {
      this.#removeFirst()
      this.#now = next.at
      next.happen()
    }
    this.#now = end
  }

  #removeFirst(): void {
    const events = this.#events
    const last = events.pop()
    if (last === undefined || events.length === 0) return
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      const [left, right] = [events[child], events[child + 1]]
      if (left === undefined) break
      if (right !== undefined && isBefore(right, left)) child++
      const least = events[child]
      if (least === undefined || !isBefore(least, last)) break
      events[i] = least
      i = child
    }
    events[i] = last
  }
}

interface Due {
  at: number
  order: number
}

function isBefore(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
