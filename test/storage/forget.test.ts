import b4a from 'b4a'
import fs from 'bare-fs'
import { test } from 'brittle'
import { Copy } from '../../shared/storage/copy.ts'
import { forgetCopy } from '../../shared/storage/forget.ts'
import { InUse } from '../../shared/storage/failures.ts'
import { copyPlaces } from '../../shared/storage/places.ts'

const KEY = b4a.alloc(32, 'k')

test('a position that nothing was saved of yet is in use all the same', async (t) => {
  const storage = await t.tmp()
  const keeper = await Copy.open(storage, KEY)
  const beside = await Copy.open(storage, KEY)
  t.absent(beside.isKept)
  const position = await beside.position('mail')
  await keeper.close()
  t.exception(() => forgetCopy(storage, KEY), InUse)
  await position.begin(3)
  t.is(position.seq, 3)
  await beside.close()
  forgetCopy(storage, KEY)
  t.alike(fs.readdirSync(copyPlaces(storage, KEY).all), ['temporary'])
})

test('a position that is opened after a reader beside the copy has begun is in use too', async (t) => {
  const storage = await t.tmp()
  const keeper = await Copy.open(storage, KEY)
  const beside = await Copy.open(storage, KEY)
  await (await keeper.position('mail')).begin(1)
  await keeper.close()
  // the position comes once the copy is open, and the copy is nobody's by then
  t.exception(() => forgetCopy(storage, KEY), InUse)
  t.is((await beside.position('mail')).seq, 1)
  await beside.close()
})

test('a reader that starts while a copy is deleted is refused, and makes none', async (t) => {
  const storage = await t.tmp()
  await (await Copy.open(storage, KEY)).close()
  const { copy, all } = copyPlaces(storage, KEY)
  const { rmSync } = fs
  t.teardown(() => Object.assign(fs, { rmSync }))
  let opening: Promise<unknown> = Promise.resolve()
  Object.assign(fs, {
    rmSync(at: string, options: object) {
      rmSync(at, options)
      if (at === copy) opening = Copy.open(storage, KEY).catch((err: unknown) => err)
    }
  })
  forgetCopy(storage, KEY)
  t.ok((await opening) instanceof InUse)
  t.alike(fs.readdirSync(all), [])
})
