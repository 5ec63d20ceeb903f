import b4a from 'b4a'
import { type Test, test } from 'brittle'
import type { Hypercore } from 'hypercore'
import { ReaderKeeping } from '../../shared/feed/reader-keeping.ts'
import { WriterKeeping } from '../../shared/feed/writer-keeping.ts'
import { type KeptWord, signWord } from '../../shared/feed/kept-word.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'

test('a copy takes the word of the writer, and no earlier one after it', async (t) => {
  const { log, copy } = await pair(t)
  const keeping = new ReaderKeeping(copy, null)
  t.is(keeping.kept, 0)
  t.is(keeping.take(word(log, 0, 5)), 'taken')
  t.is(keeping.kept, 5)
  t.is(keeping.take(word(log, 0, 3)), 'known', 'a word that was rolled back')
  t.is(keeping.take(word(log, 0, 5)), 'known')
  t.is(keeping.kept, 5)
  t.is(keeping.take(word(log, 0, 8)), 'taken')
  t.is(keeping.kept, 8)
})

test('what the writer did not say is forged, whatever of it is another', async (t) => {
  const { log, copy } = await pair(t)
  const other = await createLog(t, numbered(3))
  const keeping = new ReaderKeeping(copy, null)
  const said = word(log, 0, 5)
  for (const forged of [
    { ...said, first: 6 },
    { ...said, signature: b4a.alloc(64) },
    { ...word(log, 1, 5), fork: 0 },
    word(other, 0, 5),
    { ...said, first: 2 ** 53 - 1 }
  ]) {
    t.is(keeping.take(forged), 'forged')
  }
  t.is(keeping.kept, 0)
})

test('a word on another fork is too early, and counts once the log is on that', async (t) => {
  const { log, copy } = await pair(t)
  const keeping = new ReaderKeeping(copy, null)
  t.is(keeping.take(word(log, 0, 5)), 'taken')
  t.is(keeping.take(word(log, 1, 2)), 'too early')
  t.is(keeping.take(word(log, 0, 6)), 'taken', 'the word on the log as it is still does')
  t.alike(
    [0, 1, 2].map((fork) => keeping.keptOn(fork)),
    [6, 2, 0]
  )
  t.is(keeping.take({ ...word(log, 1, 2), first: 3 }), 'forged')
  await log.truncate(6)
  while (copy.fork === 0) {
    await new Promise<void>((resolve) => copy.once('truncate', () => resolve()))
  }
  t.is(keeping.kept, 2)
})

test('of words on later forks the one on the latest counts', async (t) => {
  const { log, copy } = await pair(t)
  const keeping = new ReaderKeeping(copy, null)
  for (const fork of [2, 3, 2]) t.is(keeping.take(word(log, fork, fork)), 'too early')
  t.is(keeping.keptOn(3), 3)
  t.is(keeping.take(word(log, 3, 3)), 'known')
})

test('a copy without the manifest cannot tell yet', async (t) => {
  const log = await createLog(t, numbered(3))
  const keeping = new ReaderKeeping(await createCopy(t, log), null)
  t.is(keeping.take(word(log, 0, 2)), 'too early')
})

test('a copy remembers the word', async (t) => {
  const { log, copy } = await pair(t)
  new ReaderKeeping(copy, null).take(word(log, 0, 5))
  // two writes to a core may come to the disk in any order: only what is there tells
  while ((await copy.getUserData('kept')) === null);
  const again = new ReaderKeeping(copy, null)
  await new Promise<void>((resolve) => {
    again.onword = resolve
  })
  t.is(again.kept, 5)
  t.alike(again.word, word(log, 0, 5))
})

test('the writer signs what it keeps now, and has nothing to say where that is all', async (t) => {
  const log = await createLog(t, numbered(10))
  const own = { first: 0, freed: 0, onmoved() {}, leap: () => Promise.resolve() }
  const keeping = new WriterKeeping(log, own)
  t.is(keeping.word, null)
  own.first = 4
  t.alike(keeping.word, word(log, 0, 4))
  t.is(keeping.word, keeping.word, 'once')
  t.is(keeping.letGo, 0)
  t.is(keeping.take({ ...word(log, 0, 9), first: 8 }), 'forged')
  t.is(keeping.take(word(log, 1, 9)), 'too early')
  t.is(keeping.take(word(log, 0, 9)), 'taken', 'it is told what it said before')
  t.is(keeping.take(word(log, 0, 6)), 'known')
  t.is(keeping.letGo, 9)
  t.alike(keeping.word, word(log, 0, 4), 'and says what is so now')
})

async function pair(t: Test): Promise<{ log: Hypercore; copy: Hypercore }> {
  const log = await createLog(t, numbered(10))
  const copy = await createCopy(t, log)
  connect(t, log, copy)
  await copy.update({ wait: true })
  return { log, copy }
}

function word({ key, keyPair }: Hypercore, fork: number, first: number): KeptWord {
  if (!keyPair?.secretKey) throw new Error('this log is not ours')
  return signWord(keyPair.secretKey, key, { fork, first })
}
