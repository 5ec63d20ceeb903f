import b4a from 'b4a'
import { test } from 'brittle'
import Hypercore from 'hypercore'
import { closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import { peakMemory } from '../helpers/proc.ts'
import { Flood } from './flood.ts'
import { ATTEMPTS, Stranger, knock } from './stranger.ts'

const SECRET = 'for those alone who hold the key'
/** An app that serves nobody but its reader needs about 90. */
const MEGABYTES = 250

test('who knows the discovery key alone gets not one byte of a block', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...Array.from({ length: 50 }, () => SECRET))
  const reader = await startReader(t, writer.key, ['--start', '0', '--raw', '--seed'])
  await reader.stderr.line(/holding every block/)

  const key = b4a.from(writer.key, 'hex')
  const discoveryKey = Hypercore.discoveryKey(key)
  await Promise.all(
    Object.entries(ATTEMPTS).map(async ([name, attempt]) => {
      const stranger = await Stranger.join(t, discoveryKey, 2)
      await stranger.attempt(attempt)
      t.absent(stranger.has(SECRET), `who ${name} is shown the door, by the writer and the reader`)
    })
  )
  const holder = await Stranger.join(t, discoveryKey, 2)
  void holder.attempt(knock(key))
  await holder.hears(SECRET)
  t.pass('who proves to hold the key gets the blocks by the same messages')
})

for (const [who, count, holding] of [
  ['strangers', 300, false],
  ['holders of the key', 200, true]
] as const) {
  test(`a flood of ${count} ${who} keeps no line from the peers of a log`, async (t) => {
    const writer = await startWriter(t)
    const key = b4a.from(writer.key, 'hex')
    const flood = await Flood.find(t, key)
    const reader = await startReader(t, writer.key, ['--start', '0', '--raw'])
    await reader.stderr.line(/connected to/)

    for (let i = 0; i < 10; i++) {
      flood.connect(count / 10, { holding })
      await writer.append(`line ${i}`)
      t.is(await reader.stdout.line(/./), `line ${i}`, 'a line arrives')
    }
    await flood.settled(128)
    t.comment(`${flood.open} of ${count} connections stay`)
    if (!holding) {
      const newcomer = await startReader(t, writer.key, ['--start', '9', '--raw'])
      t.is(await newcomer.stdout.line(/./), 'line 9', 'a new reader is let in')
    }
    t.absent(/lost/.test(reader.stderr.text), 'the reader has kept its connection')
    const peak = peakMemory(writer.program)
    t.ok(peak < MEGABYTES, `${peak.toFixed(0)} MB at the most`)
  })
}

closeTestnet()
