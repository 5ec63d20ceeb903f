import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import { type Test, test } from 'brittle'
import Hypercore from 'hypercore'
import { Rewinds } from '../../shared/storage/rewinds.ts'

test('what two forks have in common is what every rewind between them has left', async (t) => {
  const { core, rewinds } = await open(t, 10)
  await core.truncate(8)
  await grow(core, 12)
  await core.truncate(5)
  await grow(core, 9)
  await core.truncate(7)
  t.is(rewinds.common(3, 3), Infinity)
  t.is(rewinds.common(2, 3), 7)
  t.is(rewinds.common(1, 3), 5)
  t.is(rewinds.common(0, 3), 5)
  t.is(rewinds.common(0, 1), 8)
})

test('a rewind that skips a fork tells nothing of that fork', async (t) => {
  const { core, rewinds } = await open(t, 10)
  await core.truncate(8, 4)
  t.is(rewinds.common(0, 4), 8)
  t.is(rewinds.common(2, 4), 0)
  t.is(rewinds.common(0, 2), 0)
  t.is(rewinds.common(0, 5), 0)
})

test('of what several copies have noted the most counts', async (t) => {
  const { core, rewinds, file } = await open(t, 10)
  const { core: shorter } = await open(t, 3, file)
  await shorter.truncate(3, 1)
  t.is(rewinds.common(0, 1), 3)
  await core.truncate(8)
  t.is(rewinds.common(0, 1), 8)
  const { core: fresh } = await open(t, 0, file)
  await fresh.truncate(0, 1)
  t.is(rewinds.common(0, 1), 8)
})

test('a line that a power cut has left half written is left out', async (t) => {
  const { core, rewinds, file } = await open(t, 10)
  await core.truncate(8)
  const whole = String(fs.readFileSync(file))
  fs.appendFileSync(file, whole.slice(0, whole.length >> 1))
  await core.truncate(7)
  t.is(rewinds.common(0, 1), 8)
  t.is(rewinds.common(0, 2), 7)
  fs.writeFileSync(file, whole.replace('"length":8', '"length":9'))
  t.is(rewinds.common(0, 1), 0, 'as is one that was changed')
})

test('where nobody has a position nothing is noted', async (t) => {
  const file = path.join(await t.tmp(), 'missing', 'rewinds')
  const { core, rewinds } = await open(t, 10, file)
  await core.truncate(8)
  t.absent(fs.existsSync(file))
  t.is(rewinds.common(0, 1), 0)
})

async function open(
  t: Test,
  length: number,
  file?: string
): Promise<{ core: Hypercore; rewinds: Rewinds; file: string }> {
  const core = new Hypercore(await t.tmp())
  await core.ready()
  t.teardown(() => core.close())
  await grow(core, length)
  file ??= path.join(await t.tmp(), 'rewinds')
  return { core, rewinds: new Rewinds(file, core), file }
}

async function grow(core: Hypercore, length: number): Promise<void> {
  while (core.length < length) await core.append(b4a.from(`block ${core.length}`))
}
