import b4a from 'b4a'
import { test } from 'brittle'
import c, { type Encoder } from 'compact-encoding'
import { rememberLog } from '../../shared/feed/memory.ts'
import { BatchReader } from '../../shared/feed/batch-reader.ts'
import { Sender } from '../../shared/feed/sender.ts'
import * as wire from '../../shared/feed/messages.ts'
import { type Signed, signed } from '../../shared/feed/signature-messages.ts'
import { MAX_SIGNATURE_BYTES } from '../../shared/upstream/hypercore-tree.ts'
import { createCopy, createLog } from '../helpers/cores.ts'

const BIG = 2 ** 40
const SIGNATURE = b4a.alloc(64, 7)

function roundTrip<T>(encoding: Encoder<T>, message: T): T {
  return c.decode(encoding, c.encode(encoding, message))
}

function batchOf(blocks: Uint8Array[]): wire.Batch {
  return { id: 1, start: 0, signature: SIGNATURE, blocks }
}

/** What a writer of `lines` answers to a reader with nothing that asks for the blocks from `from`. */
async function begin(sender: Sender, from: number, received: wire.Begin[]): Promise<wire.Begin> {
  await sender.subscribe({
    id: 1,
    fork: 0,
    length: 0,
    skip: { from },
    manifest: true,
    tree: null,
    waited: 0
  })
  const message = received.pop()
  if (message === undefined) throw new Error('the sender did not begin')
  return message
}

test('what a peer says arrives as it was said', (t) => {
  for (const hops of [0, 3, wire.NO_PATH]) t.alike(roundTrip(wire.status, { hops }), { hops })
  t.alike(roundTrip(wire.ack, { id: 3, end: BIG }), { id: 3, end: BIG })
  t.alike(roundTrip(wire.refuse, { id: 255 }), { id: 255 })
})

test('a subscription arrives as it was sent', (t) => {
  const base: wire.Subscribe = {
    id: 1,
    fork: 2,
    length: BIG,
    skip: { from: BIG + 1 },
    manifest: false,
    tree: null,
    waited: 0
  }
  const tails = [0, 1, BIG].map((tail) => ({ tail }))
  for (const skip of [base.skip, { from: 0 }, ...tails]) {
    for (const manifest of [true, false]) {
      for (const [tree, waited] of [
        [null, 0],
        [b4a.alloc(32, 7), 250]
      ] as const) {
        const message = { ...base, skip, manifest, tree, waited }
        t.alike(roundTrip(wire.subscribe, message), message)
      }
    }
  }
  t.is(roundTrip(wire.subscribe, wire.UNSUBSCRIBE), wire.UNSUBSCRIBE)
})

test('a subscription is six numbers, then the tree hash and the time since its reader began', (t) => {
  const bytes = (message: wire.Subscribe | typeof wire.UNSUBSCRIBE): number[] => {
    return [...c.encode(wire.subscribe, message)]
  }
  const request = { id: 1, fork: 2, length: 3, tree: null, waited: 0 }
  t.alike(bytes({ ...request, skip: { from: 4 }, manifest: true }), [1, 2, 3, 4, 0, 1])
  t.alike(bytes({ ...request, skip: { tail: 0 }, manifest: false }), [1, 2, 3, 0, 1, 0])
  t.alike(bytes({ ...request, skip: { tail: 4 }, manifest: false }), [1, 2, 3, 0, 5, 0])
  const tree = b4a.alloc(32, 7)
  const message = { ...request, tree, skip: { from: 4 }, manifest: true }
  t.alike(bytes(message), [1, 2, 3, 4, 0, 1, ...tree, 0])
  const waiting = { ...message, skip: { tail: 4 }, waited: 250.7 }
  t.alike(bytes(waiting), [1, 2, 3, 0, 5, 1, ...tree, 250])
  t.alike(roundTrip(wire.subscribe, waiting), { ...waiting, waited: 250 })
  t.alike(bytes(wire.UNSUBSCRIBE), [0, 0, 0, 0, 0, 0])
})

test('a batch arrives as it was sent', (t) => {
  const batch = { ...batchOf([b4a.from('a'), b4a.alloc(0), b4a.from([0, 255])]), start: BIG }
  t.alike(roundTrip(wire.batch, batch), batch)
})

test('a beginning brings the manifest and the proof that a new reader needs', async (t) => {
  const writer = await createLog(t, ['a', 'b', 'c', 'd', 'e'])
  const memory = rememberLog(writer)
  const received: wire.Begin[] = []
  const channel = {
    begin: (message: wire.Begin) => received.push(roundTrip(wire.begin, message)),
    batch: () => {},
    refuse: () => {}
  }
  const reader = new BatchReader(writer, memory)
  const sender = new Sender(writer, memory, reader, channel, (err) => {
    t.fail(String(err))
  })

  const whole = await begin(sender, 0, received)
  t.is(whole.start, 0)
  t.is(whole.end?.length, 5)
  t.ok(whole.proof?.manifest, 'with the manifest')
  t.absent(whole.proof?.upgrade, 'and no proof for what is left out: nothing is')

  for (const from of [1, 3, 5]) {
    const { start, proof } = await begin(sender, from, received)
    const reader = await createCopy(t, writer)
    if (!proof?.manifest) throw new Error('there is no manifest')
    await reader.core.setManifest(proof.manifest)
    t.ok(await reader.applyProof(proof), `a reader takes the proof of ${from} blocks`)
    t.is(start, from)
    t.is(reader.length, from)
  }
})

test('a beginning without a proof arrives as it was sent', (t) => {
  const message: wire.Begin = { id: 1, start: BIG, proof: null, end: null, before: 0 }
  t.alike(roundTrip(wire.begin, message), message)
})

test('a batch holds one block of any length, or many within the limits', (t) => {
  const long = batchOf([b4a.alloc(4 * wire.MAX_BYTES, 1)])
  t.is(roundTrip(wire.batch, long).blocks[0]?.byteLength, 4 * wire.MAX_BYTES)

  const size = wire.MAX_BYTES / wire.MAX_BLOCKS
  const full = batchOf(Array.from({ length: wire.MAX_BLOCKS }, () => b4a.alloc(size, 1)))
  t.is(roundTrip(wire.batch, full).blocks.length, wire.MAX_BLOCKS)
})

test('a batch beyond the limits is refused', async (t) => {
  const refused = async (blocks: Uint8Array[], reason: RegExp): Promise<void> => {
    await t.exception(() => roundTrip(wire.batch, batchOf(blocks)), reason)
  }
  await refused([], /a batch of 0 blocks/)
  const many = Array.from({ length: wire.MAX_BLOCKS + 1 }, () => b4a.alloc(0))
  await refused(many, /a batch of 1025 blocks/)
  const half = b4a.alloc(wire.MAX_BYTES / 2 + 100)
  await refused([half, half], /a batch of \d+ bytes/)
})

test('a batch that announces more than it brings is refused', async (t) => {
  const honest = c.encode(wire.batch, batchOf([b4a.from('0123456789')]))
  const lengthAt = honest.byteLength - 11
  t.is(honest[lengthAt], 10, 'the length of the one block')
  for (const claim of [11, 252]) {
    const lie = b4a.from(honest)
    lie[lengthAt] = claim
    await t.exception(() => c.decode(wire.batch, lie), /Out of bounds/)
  }
})

test('a signature that is longer than any writer makes is no signature', (t) => {
  const answer = (bytes: number): Signed => {
    return { fork: 0, after: 0, lengths: [{ length: 1, signature: b4a.alloc(bytes, 7) }] }
  }
  t.alike(roundTrip(signed, answer(MAX_SIGNATURE_BYTES)), answer(MAX_SIGNATURE_BYTES))
  t.exception(() => roundTrip(signed, answer(MAX_SIGNATURE_BYTES + 1)), /a signature of 4097 bytes/)
})

test('a message that is cut short is refused, wherever it is cut', (t) => {
  const messages = [
    c.encode(wire.status, { hops: 300 }),
    c.encode(wire.ack, { id: 1, end: BIG }),
    c.encode(wire.refuse, { id: 70_000 }),
    c.encode(wire.subscribe, {
      id: 1,
      fork: 0,
      length: BIG,
      skip: { from: 0 },
      manifest: false,
      tree: null,
      waited: 0
    }),
    // without the number that an earlier version does not send
    c.encode(wire.begin, { id: 1, start: BIG, proof: null, end: null, before: 0 }).subarray(0, -1),
    c.encode(wire.batch, batchOf([b4a.from('a'), b4a.from('b')]))
  ]
  const decoders = [wire.status, wire.ack, wire.refuse, wire.subscribe, wire.begin, wire.batch]
  for (const [i, decoder] of decoders.entries()) {
    const message = messages[i] ?? b4a.alloc(0)
    for (let end = 0; end < message.byteLength; end++) {
      let decoded: unknown = null
      try {
        decoded = c.decode<unknown>(decoder as Encoder<unknown>, message.subarray(0, end))
      } catch {
        continue
      }
      t.fail(`message ${i}, cut at ${end}, gave ${JSON.stringify(decoded)}`)
    }
  }
  t.pass('every cut was refused')
})
