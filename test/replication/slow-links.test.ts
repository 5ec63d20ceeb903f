import b4a from 'b4a'
import type { Test } from 'brittle'
import { chunksOfLines } from '../../bench/harness/lines.ts'
import { type Payload, mostBytes } from '../../bench/harness/payload.ts'
import { atOnce, inTurn } from '../helpers/at-once.ts'
import {
  type SlowLink,
  buildLink,
  createSlowLink,
  linkTest,
  startSources
} from '../helpers/net/slow-link.ts'

const MEGABIT = 1e6
const ROUND_TRIP_MS = 50
const LOOK_MS = 200

/** One stands for lines that fill batches, the other for lines that each take longer than a source may be silent. */
const LINKS: Record<string, { rate: number; payloads: Payload[] }> = {
  '10,000 short lines and blocks of 64 KiB at 0.5 Mbit/s from three sources': {
    rate: MEGABIT / 2,
    payloads: [
      { count: 10_000, size: 100 },
      { count: 12, size: 65_536 }
    ]
  },
  'a line of 4 MB and one of 15 MiB at 8 Mbit/s from three sources': {
    rate: 8 * MEGABIT,
    payloads: [
      { count: 1, size: 4_000_000 },
      { count: 1, size: 15 * 1024 * 1024 }
    ]
  }
}
const SOURCES = 3

// each link waits most of the time, for its own bits
linkTest('all lines cross a slow link, in their order and hardly more than once', async (t) => {
  const program = await buildLink(t)
  const crossings = Object.entries(LINKS).map(
    ([name, { rate, payloads }]): [string, (t: Test) => Promise<void>] => [
      name,
      (t) => crosses(t, program, rate, payloads)
    ]
  )
  await atOnce(t, Object.fromEntries(crossings))
})

/** A new reader prints all of `payloads`, in order and once, of which no part crosses twice. */
async function crosses(t: Test, program: string, rate: number, payloads: Payload[]): Promise<void> {
  const text = b4a.concat(payloads.flatMap(({ count, size }) => [...chunksOfLines(count, size)]))
  const lines = b4a.toString(text).trimEnd().split('\n')
  const { link, key } = await inTurn(async () => {
    const link = await createSlowLink(t, program, { roundTripMs: ROUND_TRIP_MS, rate })
    return { link, key: (await startSources(link, SOURCES, lines)).key }
  })

  const most = payloads.reduce((sum, payload) => sum + mostBytes(payload), 0)
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
