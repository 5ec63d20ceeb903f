import b4a from 'b4a'
import { type Test, test } from 'brittle'
import Hypercore from 'hypercore'
import { Position } from '../../shared/storage/position.ts'

test('a position is there again when the copy is opened again', async (t) => {
  const folder = await t.tmp()
  const first = await open(t, folder)
  const position = await Position.load(first)
  t.is(position.seq, undefined)
  await position.begin(2)
  await position.begin(5)
  t.is(position.seq, 2, 'it begins once')
  await position.moveTo(7, position.rewinds)
  await first.close()
  t.is((await Position.load(await open(t, folder))).seq, 7)
})

test('a rewind lowers the position, on disk too', async (t) => {
  const folder = await t.tmp()
  const core = await open(t, folder, 10)
  const position = await Position.load(core)
  await position.begin(0)
  await position.moveTo(9, position.rewinds)
  await core.truncate(4)
  t.is(position.seq, 4)
  await position.settled()
  await core.close()
  t.is((await Position.load(await open(t, folder))).seq, 4)
})

test('a rewind behind the position leaves it', async (t) => {
  const folder = await t.tmp()
  const core = await open(t, folder, 10)
  const position = await Position.load(core)
  await position.begin(0)
  await position.moveTo(3, position.rewinds)
  await core.truncate(8)
  t.is(position.seq, 3)
  await position.settled()
  await core.close()
  t.is((await Position.load(await open(t, folder))).seq, 3)
})

test('blocks that were read before a rewind, and printed after it, move no position', async (t) => {
  const core = await open(t, await t.tmp(), 10)
  const position = await Position.load(core)
  await position.begin(0)
  const { rewinds } = position
  await core.truncate(4)
  await position.moveTo(10, rewinds)
  t.is(position.seq, 0)
  await position.moveTo(4, position.rewinds)
  t.is(position.seq, 4)
})

test('after a rewind that was not remembered everything is printed again', async (t) => {
  const folder = await t.tmp()
  const core = await open(t, folder, 10)
  const position = await Position.load(core)
  await position.begin(0)
  await position.moveTo(10, position.rewinds)
  const saved = await core.getUserData('position')
  await core.truncate(4)
  await position.settled()
  // as it was before the rewind
  await core.setUserData('position', saved ?? b4a.alloc(0))
  await core.close()
  t.is((await Position.load(await open(t, folder))).seq, 0)
})

test('the number alone, which earlier versions saved, is a position', async (t) => {
  const core = await open(t, await t.tmp(), 10)
  await core.setUserData('position', b4a.from('6'))
  t.is((await Position.load(core)).seq, 6)
})

/** A log in `folder`, which is given `length` blocks. */
async function open(t: Test, folder: string, length = 0): Promise<Hypercore> {
  const core = new Hypercore(folder)
  await core.ready()
  t.teardown(() => core.close(), { force: true })
  for (let seq = 0; seq < length; seq++) await core.append(b4a.from(`block ${seq}`))
  return core
}
