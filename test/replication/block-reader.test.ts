import b4a from 'b4a'
import { test } from 'brittle'
import type { Hypercore } from 'hypercore'
import { messageOf } from '../../shared/errors.ts'
import { BlockReader } from '../../shared/replication/block-reader.ts'
import { guardReading } from '../../shared/replication/rewind-guard.ts'
import { interceptKind } from '../../shared/upstream/hypercore-messages.ts'
import {
  type Reorganisation,
  guardReorganisation,
  setEagerUpgrade
} from '../../shared/upstream/hypercore-replicator.ts'
import { type Stored, readBlocks } from '../../shared/upstream/hypercore-store.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { replicate } from '../helpers/grown.ts'
import { numbered } from '../helpers/numbered.ts'
import { whileTruncated } from '../helpers/truncating.ts'

/** Blocks that a peer is asked for at first, and then at the same time. */
const [FIRST, AT_ONCE] = [2, 10]

test('blocks that a truncation takes from the store meanwhile are no fault', async (t) => {
  const log = await createLog(t, numbered(200))
  const reader = new BlockReader(log, 0, () => Infinity)
  t.teardown(() => reader.close())
  const steps = reader.blocks()
  reader.endAt(100)
  const first = await steps.next()
  t.ok(first.value && 'blocks' in first.value && first.value.blocks.length === 100)
  reader.endAt(200)
  const { value } = await whileTruncated(
    log,
    () => log.truncate(10),
    () => steps.next()
  )
  t.alike(value, { rewindTo: 10 })
})

for (const hole of [false, true]) {
  test(`a ${hole ? 'hole' : 'block'} that is read as a truncation takes effect holds nothing up`, async (t) => {
    const log = await createLog(t, numbered(200))
    if (hole) await log.clear(100, 200)
    const reader = new BlockReader(log, 99, () => Infinity)
    t.teardown(() => reader.close())
    const steps = reader.blocks()
    reader.endAt(100)
    await steps.next()
    const truncated = new Promise<void>((resolve) => log.once('truncate', () => resolve()))
    // what is read from now on is answered only then
    const { storage } = (log as Hypercore & Stored).state
    const read = storage.read.bind(storage)
    const asked = new Promise<void>((resolve) => {
      const slow = (): void => {
        storage.read = () => {
          const rx = read()
          rx.getBlock = () => (resolve(), truncated.then(() => null))
          return rx
        }
      }
      const { download } = log
      log.download = (range) => (slow(), download.call(log, range))
      if (!hole) slow()
    })
    reader.endAt(200)
    const next = steps.next()
    await asked
    storage.read = read
    await log.truncate(10)
    t.alike((await next).value, { rewindTo: 99 })
  })
}

// each comes later than Hypercore has compared the two logs
for (const [when, isChecked] of [
  ['before that is checked', false],
  ['before it is in effect', true]
] as const) {
  test(`blocks that stand after a rewind and come ${when} are not taken back`, async (t) => {
    const log = await createLog(t, numbered(100))
    const old = await createCopy(t, log)
    await replicate(log, old)
    const copy = await createCopy(t, log)
    await replicate(log, copy, 0, 64)
    await log.truncate(72)
    const other = numbered(100, 1000)
    await log.append(other.map((line) => b4a.from(line)))

    const reader = new BlockReader(copy, 0, () => Infinity)
    t.teardown(() => reader.close())
    // a peer on the old fork answers only then
    const compared = new Promise<void>((resolve) => {
      let isFirst = true
      const meanwhile = (later: Reorganisation, apply: () => Promise<boolean>) => {
        if (!isFirst) return apply()
        isFirst = false
        t.is(later.ancestors, 64, 'the rest is not here as the logs are compared')
        resolve()
        return arrived.then(apply)
      }
      if (isChecked) guardReorganisation(copy, meanwhile)
      guardReading(copy, reader, (err) => t.fail(messageOf(err)))
      if (!isChecked) guardReorganisation(copy, meanwhile)
    })
    const asked = new Promise<void>((resolve) => {
      copy.once('peer-add', (peer) => {
        interceptKind(peer, 'data', (message, handle) => {
          resolve()
          return compared.then(() => handle(message))
        })
      })
    })
    const arrived = new Promise<void>((resolve) => {
      copy.on('download', (index) => {
        if (index === 64) resolve()
      })
    }).then(async () => {
      // what reads it was begun before this
      for (let round = 0; round < 20; round++) await readBlocks(copy, 64, 65)
      part()
    })
    const part = connect(t, old, copy)
    const read = new Lines(reader)
    await asked
    setEagerUpgrade(copy, true)
    connect(t, log, copy)
    const isTooFar = (seq: number): boolean => seq < 72
    await read.until(() => read.rewinds.some(isTooFar) || read.lines.length === 172)
    t.absent(read.rewinds.find(isTooFar))
    t.alike(read.lines, [...numbered(72), ...other])
  })
}

test('after a rewind blocks are asked for many at a time, as before', async (t) => {
  const log = await createLog(t, numbered(1000))
  const copy = await createCopy(t, log)
  let isRewound = false
  let answered = 0
  const held: (() => unknown)[] = []
  log.once('peer-add', (peer) => {
    interceptKind(peer, 'request', (message, handle) => {
      const { block } = message as { block?: object | null }
      if (!isRewound || !block) return handle(message)
      // Hypercore asks for many once it has an answer
      if (answered++ < FIRST) return handle(message)
      held.push(() => handle(message))
      return held.length < AT_ONCE ? null : Promise.all(held.splice(0).map((answer) => answer()))
    })
  })
  setEagerUpgrade(copy, true)
  connect(t, log, copy)
  const reader = new BlockReader(copy, 0, () => Infinity)
  t.teardown(() => reader.close())
  const read = new Lines(reader)
  await read.until(() => read.lines.length === 1000)
  isRewound = true
  await log.truncate(10)
  const other = numbered(FIRST + AT_ONCE, 1000)
  await log.append(other.map((line) => b4a.from(line)))
  await read.until(() => read.lines.at(-1) === other.at(-1))
  t.alike(read.lines, [...numbered(10), ...other])
})

/** What a reader of blocks brings. */
class Lines {
  readonly lines: string[] = []
  readonly rewinds: number[] = []
  #wakes: (() => void)[] = []

  constructor(reader: BlockReader) {
    void this.#read(reader)
  }

  async until(isDone: () => boolean): Promise<void> {
    while (!isDone()) await new Promise<void>((resolve) => this.#wakes.push(resolve))
  }

  async #read(reader: BlockReader): Promise<void> {
    for await (const step of reader.blocks()) {
      if ('rewindTo' in step) {
        this.rewinds.push(step.rewindTo)
        this.lines.length = step.rewindTo
      }
      if ('blocks' in step) this.lines.push(...step.blocks.map((block) => b4a.toString(block)))
      for (const wake of this.#wakes.splice(0)) wake()
    }
  }
}
