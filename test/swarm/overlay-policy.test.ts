import { test } from 'brittle'
import { NO_PATH } from '../../shared/feed/messages.ts'
import {
  ADVICE,
  type Connected,
  type Degree,
  type Neighbour,
  OWN_CHOICE,
  READER,
  WRITER,
  admit,
  answerChance,
  awayFor,
  beaconSlowdown,
  dialUpTo,
  dialsAtOnce,
  keepAlive,
  looksAgain,
  seeks,
  takeAdvice
} from '../../shared/swarm/overlay-policy.ts'

/** One that has dialled us, and that we have no use for; we are two connections from the writer. */
const IDLE: Neighbour = { hops: 3, own: false, inUse: false }
const OURS = 2
const LOST: Neighbour = { ...IDLE, hops: NO_PATH }

function crowdOf(size: number, each: Neighbour): Neighbour[] {
  return Array.from({ length: size }, () => ({ ...each }))
}

const busy = crowdOf(READER.most, { ...IDLE, inUse: true })
const chosen = crowdOf(READER.most, { ...IDLE, own: true })

for (const [rule, newcomer, others, degree, decision] of [
  ['a peer is let in while there is a place', IDLE, busy.slice(1), READER, 'admit'],
  ['and where there is none, it is not', IDLE, crowdOf(READER.most, IDLE), READER, 'turn away'],
  ['a writer has more places', IDLE, crowdOf(READER.most, IDLE), WRITER, 'admit'],
  ['one without a path gets the place of an idle one', LOST, [...busy, IDLE], READER, 'replace'],
  ['not of one whom blocks go to', LOST, busy, READER, 'turn away'],
  ['nor of one that we chose', LOST, chosen, READER, 'turn away'],
  ['one that we dialled is let in', { ...IDLE, own: true }, busy, READER, 'admit'],
  ['nor of its like', LOST, crowdOf(READER.most, LOST), READER, 'turn away'],
  [
    'so does one that is nearer to the writer than our source',
    { ...IDLE, hops: 0 },
    [...busy, IDLE],
    READER,
    'replace'
  ],
  ['and not one that is as near', { ...IDLE, hops: 1 }, [...busy, IDLE], READER, 'turn away'],
  ['nor in the place of one that we chose', { ...IDLE, hops: 0 }, chosen, READER, 'turn away']
] as [string, Neighbour, Neighbour[], Degree, string][]) {
  test(`admission: ${rule}`, (t) => {
    const admission = admit(newcomer, others, degree, OURS)
    t.is(admission.do, decision)
    if (admission.do === 'replace') t.is(admission.neighbour, IDLE)
  })
}

const FEW: Connected = { connections: 5, own: 5, lostFor: 0, settledFor: 0 }
const SETTLED = READER.pause * READER.wanted

for (const [rule, known, upTo] of [
  ['a reader dials a few peers at once', FEW, OWN_CHOICE],
  ['and one more after each pause', { ...FEW, settledFor: READER.pause }, OWN_CHOICE + 1],
  ['until it has enough', { ...FEW, settledFor: SETTLED }, READER.wanted],
  ['those that dial it counted', { ...FEW, own: 3, settledFor: SETTLED }, READER.wanted - 2],
  [
    'it chooses some itself, however many dial it',
    { ...FEW, connections: 20, own: 0, settledFor: SETTLED },
    OWN_CHOICE
  ],
  ['it is in no haste when it is lost', { ...FEW, lostFor: 1000 }, OWN_CHOICE],
  ['then it looks for enough', { ...FEW, lostFor: 60_000 }, READER.wanted],
  [
    'and meets others, however many it has',
    { connections: READER.most, own: 8, lostFor: 60_000, settledFor: 0 },
    9
  ],
  [
    'but not without end',
    { connections: 99, own: 83, lostFor: 60_000, settledFor: 0 },
    READER.most + OWN_CHOICE - 16
  ]
] as [string, Connected, number][]) {
  test(`dials: ${rule}`, (t) => {
    t.is(dialUpTo(known, READER), upTo)
  })
}

test('a reader seeks others while it is far from the writer, or has no way there', (t) => {
  t.alike([0, 4, 5, NO_PATH].map(seeks), [false, false, true, true])
})

test('the DHT is asked again by a peer that has too few others, or none that leads on', (t) => {
  t.ok(looksAgain(FEW, READER))
  t.absent(looksAgain({ ...FEW, connections: READER.wanted }, READER))
  t.ok(looksAgain({ ...FEW, connections: READER.wanted }, WRITER))
  t.ok(looksAgain({ ...FEW, connections: READER.most, lostFor: 60_000 }, READER))
})

test('others choose no more than a few of the peers of a reader', (t) => {
  const advised = Array.from({ length: 9 }, (_, i) => i)
  t.is(takeAdvice(advised, 0).length, ADVICE)
  t.is(takeAdvice(advised, ADVICE - 1).length, 1)
  t.is(takeAdvice(advised, ADVICE + 1).length, 0)
})

test('a peer that turned us away is left alone, longer each time, and never for ever', (t) => {
  const waits = [0, 1, 2, 3].map((times) => awayFor(times, 0.5))
  t.alike(waits, [10_000, 20_000, 40_000, 80_000])
  t.is(awayFor(99, 0.5), 600_000)
  t.ok(awayFor(0, 0) < awayFor(0, 0.9), 'not all come back at once')
})

test('the longer no peer leads to the writer, the more are dialled at once', (t) => {
  const need = { isUrgent: true, isBusy: false }
  const calm = dialsAtOnce({ ...need, isUrgent: false, seconds: 60 })
  const all = [0, 1, 10, 60].map((seconds) => dialsAtOnce({ ...need, seconds }))
  t.alike([calm, ...all], [2, 3, 7, 43, 64])
  t.is(dialsAtOnce({ ...need, seconds: 60, isBusy: true }), 3, 'but not on a busy machine')
})

test('what a crowd sends in all does not grow with it', (t) => {
  t.is(beaconSlowdown(3), 1)
  t.is(1000 / beaconSlowdown(1000), 64 / beaconSlowdown(64), 'beacons that each hears')
  t.is(answerChance(3), 1)
  t.is(1000 * answerChance(1000), 64 * answerChance(64), 'answers to a new peer')
})

test('idle connections are quieter where there are many, but for the one that is followed', (t) => {
  t.is(keepAlive(2, false), 5000)
  t.is(keepAlive(64, false), 20_000)
  t.is(keepAlive(64, true), 5000)
})
