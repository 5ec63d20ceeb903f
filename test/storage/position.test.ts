import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import { type Test, test } from 'brittle'
import Hypercore from 'hypercore'
import { Failure } from '../../shared/errors.ts'
import { Copy } from '../../shared/storage/copy.ts'
import { copyPlaces } from '../../shared/storage/places.ts'
import { Position } from '../../shared/storage/position.ts'
import { Rewinds } from '../../shared/storage/rewinds.ts'
import { createLog } from '../helpers/cores.ts'
import { replicate } from '../helpers/grown.ts'
import { numbered } from '../helpers/numbered.ts'

test('a position is there again when the copy is opened again', async (t) => {
  const folder = await t.tmp()
  const first = await open(t, folder)
  t.is(first.position.seq, undefined)
  await first.position.begin(2)
  await first.position.begin(5)
  t.is(first.position.seq, 2, 'it begins once')
  await first.position.moveTo(7, first.core.fork)
  await first.close()
  t.is((await open(t, folder)).position.seq, 7)
})

test('a position that was not closed is there again as well', async (t) => {
  const folder = await t.tmp()
  const { core, position } = await open(t, folder)
  await position.begin(2)
  await position.moveTo(7, core.fork)
  // what a process that was killed has left
  const copy = await t.tmp()
  fs.copyFileSync(path.join(folder, 'x.position'), path.join(copy, 'x.position'))
  t.is((await open(t, copy)).position.seq, 7)
})

test('a position that is closed writes no more, though its reader has just printed', async (t) => {
  const folder = await t.tmp()
  const { core, position, close } = await open(t, folder)
  await position.begin(2)
  await position.moveTo(7, core.fork)
  await close()
  const file = path.join(folder, 'x.position')
  const saved = fs.readFileSync(file)
  await position.moveTo(9, core.fork)
  t.alike(fs.readFileSync(file), saved)
})

test('a copy tells whether a position has yet to print what is here, beyond a hole too', async (t) => {
  const log = await createLog(t, numbered(10))
  const copy = await Copy.open(await t.tmp(), log.key)
  await replicate(log, copy.core)
  t.absent(copy.hasUnprinted(0, 10), 'there is no position')
  const position = await copy.position('mail')
  await position.begin(0)
  await position.moveTo(5, copy.core.fork)
  t.ok(copy.hasUnprinted(0, 10))
  await copy.core.clear(4, 8)
  t.ok(copy.hasUnprinted(0, 10))
  t.absent(copy.hasUnprinted(0, 8), 'what is behind does not count')
  await position.moveTo(10, copy.core.fork)
  t.absent(copy.hasUnprinted(0, 10))
  await copy.close()
})

test('a rewind lowers the position, on disk too', async (t) => {
  const folder = await t.tmp()
  const { core, position, close } = await open(t, folder, 10)
  await position.begin(0)
  await position.moveTo(9, core.fork)
  await core.truncate(4)
  t.is(position.seq, 4)
  await close()
  t.is((await open(t, folder)).position.seq, 4)
})

test('a rewind behind the position leaves it', async (t) => {
  const folder = await t.tmp()
  const { core, position, close } = await open(t, folder, 10)
  await position.begin(0)
  await position.moveTo(3, core.fork)
  await core.truncate(8)
  t.is(position.seq, 3)
  await close()
  t.is((await open(t, folder)).position.seq, 3)
})

test('no rewind lowers the position below the block that printing began with', async (t) => {
  const { core, position } = await open(t, await t.tmp(), 10)
  await position.begin(5)
  await position.moveTo(9, core.fork)
  await core.truncate(2)
  t.is(position.seq, 5)
})

test('blocks that were read before a rewind, and printed after it, move no position', async (t) => {
  const { core, position } = await open(t, await t.tmp(), 10)
  await position.begin(0)
  const { fork } = core
  await core.truncate(4)
  await position.moveTo(10, fork)
  t.is(position.seq, 0)
  await position.moveTo(4, core.fork)
  t.is(position.seq, 4)
})

test('a rewind that was taken by a reader of another position, or of none, lowers it too', async (t) => {
  const folder = await t.tmp()
  const { core, position } = await open(t, folder, 10)
  await position.begin(0)
  await position.moveTo(9, core.fork)
  await position.close()
  await core.truncate(6)
  await core.append(b4a.from('new 6'))
  await core.truncate(7)
  await core.close()
  t.is((await open(t, folder)).position.seq, 6)
})

test('a new copy, which has forked with the log, lowers a position as another one has noted', async (t) => {
  const folder = await t.tmp()
  const first = await open(t, folder, 10)
  await first.position.begin(0)
  await first.position.moveTo(9, first.core.fork)
  await first.position.close()
  await first.core.truncate(6)
  await first.core.close()

  const { core, position } = await open(t, folder, 0, 'temporary')
  t.is(position.seq, 9, 'as long as nothing of the log is here')
  await core.truncate(0, 1)
  t.is(position.seq, 6)
})

test('a position ahead of its copy stands once the copy has come there', async (t) => {
  const folder = await t.tmp()
  const first = await open(t, folder, 10)
  await first.core.truncate(8)
  await first.position.begin(0)
  await first.position.moveTo(8, first.core.fork)
  await first.close()

  const { core, position } = await open(t, folder, 3, 'behind')
  t.is(position.seq, 8)
  await core.truncate(3, 1)
  t.is(position.seq, 8)
})

test('after a rewind that was not noted everything is printed again', async (t) => {
  const folder = await t.tmp()
  const { core, position } = await open(t, folder, 10)
  await position.begin(3)
  await position.moveTo(10, core.fork)
  await position.close()
  await core.truncate(4)
  await core.close()
  fs.unlinkSync(path.join(folder, 'rewinds'))
  t.is((await open(t, folder)).position.seq, 3, 'from where printing began')
})

test('one process at a time goes on with a position', async (t) => {
  const folder = await t.tmp()
  const { position, core } = await open(t, folder)
  const rewinds = new Rewinds(path.join(folder, 'rewinds'), core)
  const again = (): Position => Position.open(path.join(folder, 'x.position'), 'x', core, rewinds)
  t.is(refusal(again), 1)
  await position.close()
  await again().close()
})

test('a position that is damaged is no position', async (t) => {
  const folder = await t.tmp()
  const { position, core, close } = await open(t, folder)
  await position.begin(1)
  await position.moveTo(2, core.fork)
  await close()
  fs.writeFileSync(path.join(folder, 'x.position'), b4a.alloc(8192, 'X'))
  const again = new Hypercore(await t.tmp())
  await again.ready()
  t.teardown(() => again.close())
  const rewinds = new Rewinds(path.join(folder, 'rewinds'), again)
  t.is(
    refusal(() => Position.open(path.join(folder, 'x.position'), 'x', again, rewinds)),
    1
  )
})

test('a position that an earlier version has saved in its copy is taken over', async (t) => {
  const key = b4a.alloc(32, 'k')
  for (const [saved, seq] of [
    ['6', 6],
    ['{"seq":7,"fork":0}', 7]
  ] as const) {
    const storage = await t.tmp()
    const first = await Copy.open(storage, key)
    await first.core.setUserData('position', b4a.from(saved))
    await first.close()
    // by a run that has no use for it
    await (await Copy.open(storage, key)).close()
    const copy = await Copy.open(storage, key)
    t.is((await copy.position('default')).seq, seq)
    await copy.close()
    const again = await Copy.open(storage, key)
    const position = await again.position('default')
    t.is(position.seq, seq)
    await position.moveTo(9, 0)
    await again.close()
    const last = await Copy.open(storage, key)
    t.is((await last.position('default')).seq, 9, 'once')
    await last.close()
    const other = await Copy.open(storage, key)
    t.is((await other.position('other')).seq, undefined, 'and under no other name')
    await other.close()
  }
})

test('a position that an earlier version has saved is taken over where a full disk has cut that off', async (t) => {
  const key = b4a.alloc(32, 'k')
  const storage = await t.tmp()
  const first = await Copy.open(storage, key)
  await first.core.setUserData('position', b4a.from('6'))
  await first.close()
  // what creating the file has left where the disk had no room for what is in it
  const { positions } = copyPlaces(storage, key)
  fs.mkdirSync(positions)
  fs.writeFileSync(path.join(positions, 'default.position'), '')
  const copy = await Copy.open(storage, key)
  t.is((await copy.position('default')).seq, 6)
  await copy.close()
})

test('the position of an earlier version is taken over beside its copy, which that version has open', async (t) => {
  const key = b4a.alloc(32, 'k')
  const storage = await t.tmp()
  const keeper = await Copy.open(storage, key)
  await keeper.core.setUserData('position', b4a.from('{"seq":7,"fork":0}'))
  const beside = await Copy.open(storage, key)
  t.is((await beside.position('default')).seq, 7)
  await beside.close()
  await keeper.close()
})

test('positions that cannot be written are told in one line', async (t) => {
  const key = b4a.alloc(32, 'k')
  const storage = await t.tmp()
  const copy = await Copy.open(storage, key)
  t.teardown(() => copy.close())
  const { positions } = copyPlaces(storage, key)
  fs.writeFileSync(positions, 'not a folder')
  await t.exception(copy.position('default'), Failure)
  fs.unlinkSync(positions)
  fs.mkdirSync(path.join(positions, 'default.position'), { recursive: true })
  await t.exception(copy.position('default'), Failure)
})

/** The exit code of the Failure that `action` throws; null where it throws none. */
function refusal(action: () => unknown): number | null {
  try {
    action()
  } catch (err) {
    if (err instanceof Failure) return err.code
    throw err
  }
  return null
}

interface Opened {
  core: Hypercore
  position: Position
  close(): Promise<void>
}

/** A log in the folder `name` of `folder`, which is given `length` blocks, and the position beside it. */
async function open(t: Test, folder: string, length = 0, name = 'copy'): Promise<Opened> {
  const core = new Hypercore(path.join(folder, name))
  await core.ready()
  t.teardown(() => core.close(), { force: true })
  for (let seq = 0; seq < length; seq++) await core.append(b4a.from(`block ${seq}`))
  const rewinds = new Rewinds(path.join(folder, 'rewinds'), core)
  const position = Position.open(path.join(folder, 'x.position'), 'x', core, rewinds)
  return {
    core,
    position,
    async close() {
      await position.close()
      await core.close()
    }
  }
}
