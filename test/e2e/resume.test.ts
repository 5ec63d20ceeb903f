import { test } from 'brittle'
import { closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import { seqsOf } from '../helpers/blocks.ts'
import { numbered } from '../helpers/numbered.ts'

test('--resume goes on after the last block that was printed', async (t) => {
  const storage = await t.tmp()
  const writer = await startWriter(t)
  await writer.append('a', 'b', 'c', 'd')
  const flags = ['--resume', '--start', '1']

  const first = await startReader(t, writer.key, [...flags, '-n', '2'], { storage })
  t.is(await first.ending, 0)
  t.alike(first.stdout.lines, ['Skipping 1 earlier blocks...', 'Block 1: b', 'Block 2: c'])

  await writer.append('e')
  const second = await startReader(t, writer.key, [...flags, '-n', '2'], { storage })
  t.is(await second.ending, 0)
  t.alike(second.stdout.lines, ['Skipping 3 earlier blocks...', 'Block 3: d', 'Block 4: e'])

  const third = await startReader(t, writer.key, ['--resume', '--no-follow'], { storage })
  t.is(await third.ending, 0)
  t.alike(third.stdout.lines, ['Skipping 5 earlier blocks...'], 'and there is nothing more')
})

test('--resume begins, the first time, where --tail says or with the next new block', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a', 'b', 'c')
  const tail = await startReader(t, writer.key, ['--resume', '--tail', '1', '-n', '1'])
  t.is(await tail.ending, 0)
  t.alike(tail.stdout.lines, ['Skipping 2 earlier blocks...', 'Block 2: c'])

  const live = await startReader(t, writer.key, ['--resume'])
  await live.stdout.line('Skipping 3 earlier blocks...')
  await writer.append('d')
  await live.stdout.line('Block 3: d')
})

test('--resume brings what came while the reader was away, though it had printed nothing yet', async (t) => {
  const storage = await t.tmp()
  const writer = await startWriter(t)
  await writer.append('a', 'b')
  const first = await startReader(t, writer.key, ['--resume', '--no-follow'], { storage })
  t.is(await first.ending, 0)
  t.alike(first.stdout.lines, ['Skipping 2 earlier blocks...'])

  await writer.append('c')
  const second = await startReader(t, writer.key, ['--resume', '--no-follow'], { storage })
  t.is(await second.ending, 0)
  t.alike(second.stdout.lines, ['Skipping 2 earlier blocks...', 'Block 2: c'])
})

test('--resume prints again what the consumer of the last run did not take', async (t) => {
  const storage = await t.tmp()
  const writer = await startWriter(t)
  await writer.append(...numbered(12_500, 0, 330))

  const flags = ['--resume', '--start', '0', '--raw']
  const stalled = await startReader(t, writer.key, flags, { storage, stalled: true })
  await stalled.stdout.stallAt(/./)
  const twin = await startReader(t, writer.key, ['--start', '0', '-n', '12500', '--raw'])
  t.is(await twin.ending, 0)
  await stalled.kill()

  const again = await startReader(t, writer.key, ['--resume', '-n', '1'], { storage })
  t.is(await again.ending, 0)
  const [first = Infinity] = seqsOf(again)
  t.ok(first < 6250, `what a pipe can hold was taken at most: block ${first} comes next`)
})

closeTestnet()
