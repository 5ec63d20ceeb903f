import b4a from 'b4a'
import type { Test } from 'brittle'
import { chunksOfLines } from '../../bench/harness/lines.ts'
import { type Payload, mostBytes } from '../../bench/harness/payload.ts'
import { atOnce, inTurn } from '../helpers/at-once.ts'
import { type SlowLink, createSlowLink, linkTest, startSources } from '../helpers/net/slow-link.ts'

const MEGABIT = 1e6
const ROUND_TRIP_MS = 50
const LOOK_MS = 200

// each link waits most of the time, for its own bits; what takes longest begins
linkTest('all lines cross a slow link, in their order and hardly more than once', (t) =>
  atOnce(t, {
    '10,000 short lines at 0.5 Mbit/s from three sources': (t) =>
      crosses(t, MEGABIT / 2, 3, { count: 10_000, size: 100 }),
    'blocks of 64 KiB at 0.5 Mbit/s from three sources': (t) =>
      crosses(t, MEGABIT / 2, 3, { count: 12, size: 65_536 }),
    'a line of 4 MB at 4 Mbit/s from three sources': (t) =>
      crosses(t, 4 * MEGABIT, 3, { count: 1, size: 4_000_000 }),
    'a line of 15 MiB at 20 Mbit/s from three sources': (t) =>
      crosses(t, 20 * MEGABIT, 3, { count: 1, size: 15 * 1024 * 1024 })
  })
)

/** A new reader prints all of `payload`, in order and once, of which no part crosses twice. */
async function crosses(t: Test, rate: number, sources: number, payload: Payload): Promise<void> {
  const text = b4a.concat([...chunksOfLines(payload.count, payload.size)])
  const lines = b4a.toString(text).trimEnd().split('\n')
  const { link, key } = await inTurn(async () => {
    const link = await createSlowLink(t, { roundTripMs: ROUND_TRIP_MS, rate })
    return { link, key: (await startSources(link, sources, lines)).key }
  })

  const most = mostBytes(payload)
  const before = await link.carried()
  const reader = await link.far.startApp('reader-app', [
    '--raw',
    '--start',
    '0',
    ...link.flags,
    key
  ])
  const arriving = reader.stdout.total(text.byteLength)
  await Promise.race([arriving, exceeds(link, before.bytesToFar + most, arriving)])
  const after = await link.carried()
  await reader.stop()

  t.ok(b4a.equals(reader.stdout.bytes, text), 'every line in its place, and none besides')
  const bytes = after.bytesToFar - before.bytesToFar
  t.ok(bytes <= most, `${bytes} bytes went over the link, of ${most} at the most`)
}

/** Resolves once `link` has carried more than `most` bytes, or all have arrived. */
async function exceeds(link: SlowLink, most: number, arriving: Promise<void>): Promise<void> {
  let arrived = false
  const settle = (): void => {
    arrived = true
  }
  arriving.then(settle, settle)
  while (!arrived && (await link.carried()).bytesToFar <= most) {
    await new Promise<void>((resolve) => setTimeout(resolve, LOOK_MS))
  }
}
