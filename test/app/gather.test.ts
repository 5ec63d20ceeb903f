import b4a from 'b4a'
import { test } from 'brittle'
import { gather } from '../../shared/app/gather.ts'

const MOST = 1024

/** What is given to it is yielded, one batch after the other, until it is ended. */
class Batches {
  #queue: (Uint8Array[] | Error | null)[] = []
  #wake = (): void => {}
  taken = 0

  give(...batches: (Uint8Array[] | Error | null)[]): void {
    this.#queue.push(...batches)
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array[]> {
    for (;;) {
      while (this.#queue.length === 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
      const next = this.#queue.shift()
      if (!next) return
      if (next instanceof Error) throw next
      this.taken++
      yield next
    }
  }
}

function numbers(start: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => b4a.from(String(start + i)))
}

/** Resolves once everything that can go on by itself has. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

test('what comes while a batch is taken care of is yielded at once', async (t) => {
  const batches = new Batches()
  const gathered = gather(batches)
  const first = gathered.next()
  batches.give(numbers(0, 1))
  t.alike(await first, { done: false, value: numbers(0, 1) }, 'a single one at once')
  for (let n = 1; n < 10; n++) batches.give(numbers(n, 1))
  await settled()
  t.alike((await gathered.next()).value, numbers(1, 9))
  batches.give(numbers(10, 3), null)
  t.alike((await gathered.next()).value, numbers(10, 3))
  t.ok((await gathered.next()).done)
})

test('no batch is longer than a message, and no more is read ahead than is yielded', async (t) => {
  const batches = new Batches()
  for (let n = 0; n < 4000; n += 100) batches.give(numbers(n, 100))
  batches.give(numbers(4000, 3000), null)
  const gathered = gather(batches)
  const all: Uint8Array[] = []
  const counts: number[] = []
  for await (const blocks of gathered) {
    await settled()
    counts.push(blocks.length)
    all.push(...blocks)
    const ahead = Math.min(4000, batches.taken * 100) - all.length
    if (ahead > MOST + 100) t.fail(`${ahead} blocks were read ahead`)
  }
  t.alike(all, numbers(0, 7000), 'in order, each once')
  t.ok(counts.every((count) => count <= MOST))
})

test('many bytes are not gathered', async (t) => {
  const batches = new Batches()
  const large = b4a.alloc(200 * 1024)
  for (let count = 0; count < 9; count++) batches.give([large])
  const gathered = gather(batches)
  await gathered.next()
  await settled()
  t.ok(batches.taken <= 4, `${batches.taken} were read`)
  t.ok(((await gathered.next()).value as Uint8Array[]).length <= 2)
})

test('what ends the batches comes after all that came before it', async (t) => {
  const batches = new Batches()
  batches.give(numbers(0, 2), numbers(2, 2), new Error('line 5 is too long'))
  const gathered = gather(batches)
  await settled()
  const got: Uint8Array[] = []
  await t.exception(async () => {
    for await (const blocks of gathered) got.push(...blocks)
  }, /line 5 is too long/)
  t.alike(got, numbers(0, 4))
})

test('who leaves early leaves the batches', async (t) => {
  const batches = new Batches()
  for (let n = 0; n < 5000; n++) batches.give(numbers(n, 1))
  for await (const blocks of gather(batches)) {
    t.ok(blocks.length > 0)
    break
  }
  await settled()
  const { taken } = batches
  batches.give(numbers(5000, 1))
  await settled()
  t.is(batches.taken, taken)
})
