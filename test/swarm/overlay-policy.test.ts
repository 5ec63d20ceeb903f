import { test } from 'brittle'
import {
  ADVICE,
  DialPolicy,
  type Neighbour,
  OWN_CHOICE,
  READER,
  WRITER,
  admit,
  answerChance,
  awayFor,
  beaconSlowdown,
  dialUpTo,
  keepAlive,
  takeAdvice
} from '../../shared/swarm/overlay-policy.ts'

const IDLE: Neighbour = { hasPath: true, own: false, inUse: false }
const STRANGER: Neighbour = { ...IDLE }

function crowdOf(size: number, each: Neighbour): Neighbour[] {
  return Array.from({ length: size }, () => ({ ...each }))
}

test('a peer is let in while there is a place', (t) => {
  t.alike(admit(STRANGER, crowdOf(READER.most - 1, IDLE), READER), { do: 'admit' })
  t.alike(admit(STRANGER, crowdOf(READER.most, IDLE), READER), { do: 'turn away' })
  t.alike(admit(STRANGER, crowdOf(READER.most, IDLE), WRITER), { do: 'admit' })
})

test('a peer without a path gets the place of one that has others', (t) => {
  const lost = { ...STRANGER, hasPath: false }
  const others = crowdOf(READER.most, { ...IDLE, inUse: true })
  t.alike(admit(lost, others, READER), { do: 'turn away' }, 'not of one whom blocks go to')
  const chosen = crowdOf(READER.most, { ...IDLE, own: true })
  t.alike(admit(lost, chosen, READER), { do: 'turn away' }, 'nor of one that we chose')
  t.alike(admit(lost, crowdOf(READER.most, lost), READER), { do: 'turn away' }, 'nor of its like')
  t.alike(admit(lost, [...others.slice(1), IDLE], READER), { do: 'replace', neighbour: IDLE })
})

test('a reader dials until it has a few peers, and others when none of them has a path', (t) => {
  const few = { connections: 5, own: OWN_CHOICE, paused: false }
  t.is(dialUpTo({ ...few, lostFor: 0 }, READER), READER.wanted)
  t.is(dialUpTo({ ...few, lostFor: 1000 }, READER), READER.wanted, 'not at once')
  const many = { ...few, connections: READER.most, lostFor: 60_000 }
  t.is(dialUpTo(many, READER), READER.most + 1, 'however many it has')
  t.is(dialUpTo({ ...many, connections: 99 }, READER), READER.most + OWN_CHOICE, 'to an end')
})

test('a reader that others turn away pauses, unless it has no path', (t) => {
  const turned = { connections: 3, own: 1, paused: true }
  t.is(dialUpTo({ ...turned, lostFor: 0 }, READER), 3)
  t.is(dialUpTo({ ...turned, lostFor: 1 }, READER), READER.wanted)
})

test('however many dial a reader, some peers it has chosen itself', (t) => {
  t.is(dialUpTo({ connections: 20, own: 0, lostFor: 0, paused: false }, READER), 20 + OWN_CHOICE)
  t.is(dialUpTo({ connections: 23, own: 3, lostFor: 0, paused: false }, READER), 24)
  t.is(
    dialUpTo({ connections: 24, own: OWN_CHOICE, lostFor: 0, paused: false }, READER),
    24,
    'no more than these'
  )
  const advised = Array.from({ length: 9 }, (_, i) => i)
  t.is(takeAdvice(advised, 0).length, ADVICE, 'and others choose no more than a few')
  t.is(takeAdvice(advised, ADVICE - 1).length, 1)
  t.is(takeAdvice(advised, ADVICE + 1).length, 0)
})

test('a peer that turned us away is left alone, longer each time, and never for ever', (t) => {
  const waits = [0, 1, 2, 3].map((times) => awayFor(times, 0.5))
  t.alike(waits, [10_000, 20_000, 40_000, 80_000])
  t.is(awayFor(99, 0.5), 600_000)
  t.ok(awayFor(0, 0) < awayFor(0, 0.9), 'not all come back at once')
})

test('fewer peers are dialled at once where no dial succeeds', (t) => {
  const policy = new DialPolicy()
  const first = policy.atOnce
  policy.observe({ opened: 0, failed: first }, 5000)
  const second = policy.atOnce
  t.ok(second < first)
  policy.observe({ opened: 0, failed: first + 1 }, 5001)
  t.is(policy.atOnce, second, 'failures at one time are one sign')
  for (let now = 10_000; now < 60_000; now += 5000) policy.observe({ opened: 0, failed: now }, now)
  t.ok(policy.atOnce >= 4, 'but never too few')
})

test('more are dialled at once where some answer, though others are gone', (t) => {
  const policy = new DialPolicy()
  const first = policy.atOnce
  policy.observe({ opened: 1, failed: 5 }, 5000)
  t.ok(policy.atOnce > first)
  policy.observe({ opened: 99, failed: 99 }, 6000)
  t.ok(policy.atOnce <= 16, 'and never too many')
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
