import b4a from 'b4a'
import { type Test, test } from 'brittle'
import Hypercore from 'hypercore'
import type { Signed, Want } from '../../shared/feed/signature-messages.ts'
import { SignatureSearch } from '../../shared/feed/signature-search.ts'
import { SignatureStore } from '../../shared/feed/signature-store.ts'
import { SignedLengths } from '../../shared/feed/signed-lengths.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'
import { copyUnsigned } from './unsigned-copy.ts'

const SIGNATURE = b4a.alloc(64)

/** A search for the signatures of a plain copy, at one peer that answers with what `answer` gives. */
async function searchAt(t: Test, log: Hypercore, answer: (message: Want) => Promise<Signed>) {
  const storage = await t.tmp()
  await copyUnsigned(log, storage)
  const copy = new Hypercore(storage, log.key, { writable: false })
  await copy.ready()
  const asked: Want[] = []
  const peer = {
    want(message: Want) {
      asked.push(message)
      void answer(message).then((signed) => search.onsigned(peer, signed))
    }
  }
  const search = new SignatureSearch(copy, new SignedLengths(copy), {
    peers: () => [peer],
    onerror: (err) => t.fail(String(err))
  })
  t.teardown(async () => {
    search.close()
    await copy.close()
  })
  return { copy, search, store: new SignatureStore(copy), asked }
}

test('what the writer has not signed is not kept, and its sender not asked again soon', async (t) => {
  const log = await createLog(t, numbered(3000))
  const { search, store, asked } = await searchAt(t, log, ({ fork, after }) => {
    return Promise.resolve({ fork, after, lengths: [{ length: after + 9, signature: SIGNATURE }] })
  })
  await search.look()
  await search.look()
  t.is(asked.length, 1)
  t.is(await store.lastIn(0, 2999), null)
})

test('a peer that has none is not asked again soon', async (t) => {
  const log = await createLog(t, numbered(3000))
  const { search, asked } = await searchAt(t, log, ({ fork, after }) => {
    return Promise.resolve({ fork, after, lengths: [] })
  })
  await search.look()
  await search.look()
  t.is(asked.length, 1)
})

test('signatures are asked for until batches lead to the end', async (t) => {
  const log = await createLog(t, numbered(3000))
  const own = new SignedLengths(log)
  const { search, store, asked } = await searchAt(t, log, async ({ fork, after, upTo }) => {
    const signed = await own.within(after, Math.min(after + 1000, upTo))
    return { fork, after, lengths: signed === null ? [] : [signed] }
  })
  await search.look()
  t.alike(
    asked.map(({ after }) => after),
    [0, 1000]
  )
  t.is((await store.lastIn(0, 2999))?.length, 2000)
  await search.look()
  t.is(asked.length, 2, 'nothing is missing any more')
})

test('a peer whose signatures lead nowhere, though the writer made them, is not asked again soon', async (t) => {
  const log = await createLog(t, numbered(3000))
  const own = new SignedLengths(log)
  const far = await own.within(0, 2500)
  const { search, asked } = await searchAt(t, log, ({ fork, after }) => {
    // it would go on for ever
    if (asked.length === 4) search.close()
    return Promise.resolve({ fork, after, lengths: far === null ? [] : [far] })
  })
  await search.look()
  t.is(asked.length, 1)
})

test('signatures are looked for anew where the log is rewound while it is looked for them', async (t) => {
  const log = await createLog(t, numbered(3000))
  const { copy, search, store, asked } = await searchAt(t, log, ({ fork, after }) => {
    return Promise.resolve({ fork, after, lengths: [] })
  })
  for (const length of [1000, 2000]) {
    store.add(0, { length, byteLength: length, signature: SIGNATURE })
  }
  await store.settled()
  const read = copy.getUserData.bind(copy)
  let rewound = false
  copy.getUserData = async (name) => {
    const page = rewound ? null : await read(name)
    // of what is read from now on nothing counts any more
    if (name.endsWith('/2') && !rewound) {
      rewound = true
      copy.emit('truncate', 0, 1)
    }
    return page
  }
  await search.look()
  await search.look()
  t.alike(
    asked.map(({ after }) => after),
    [0]
  )
})

test('a page keeps few lengths, in whatever order and however many of them come', async (t) => {
  const store = new SignatureStore(await createCopy(t, await createLog(t)))
  for (let length = 2000; length > 0; length--) {
    store.add(0, { length, byteLength: length * 100, signature: SIGNATURE })
  }
  const kept: number[] = []
  for await (const { length } of store.allIn(0, 3000)) kept.push(length)
  t.alike(kept, [1, 1023, 1024, 2000])
})
