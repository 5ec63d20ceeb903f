import { test } from 'brittle'
import {
  ADVICE,
  type Acquaintance,
  type Capacity,
  type Neighbour,
  admit,
  awayFor,
  dialling,
  isCrowd,
  isParted,
  surplus,
  takeAdvice
} from '../../shared/swarm/overlay-policy.ts'

const ALL = { upTo: 64, atOnce: 64 }
const ALONE: Acquaintance = {
  known: 64,
  connected: 0,
  accepted: 0,
  hasPath: false,
  lostFor: 0,
  failed: 0,
  hanging: 0,
  isStrained: false
}

for (const [rule, more, dials] of [
  ['a reader that knows few peers dials all of them at once', { known: 31 }, ALL],
  [
    'and goes on with a path, whoever dials it',
    { known: 31, connected: 60, accepted: 60, hasPath: true },
    ALL
  ],
  ['also one that knows more, and is connected to none', { known: 63 }, ALL],
  ['but not once it is', { known: 63, connected: 1 }, { upTo: 16, atOnce: 8 }],
  ['one that knows a crowd begins with a few', {}, { upTo: 16, atOnce: 8 }],
  ['and dials one more for each that failed', { failed: 5 }, { upTo: 16, atOnce: 13 }],
  ['and for each that hangs', { hanging: 3 }, { upTo: 16, atOnce: 11 }],
  ['but only for so many: the network may be slow', { hanging: 40 }, { upTo: 16, atOnce: 24 }],
  ['but no more than in a small swarm', { failed: 500, lostFor: 500_000 }, ALL],
  ['and looks for more the longer it is lost', { lostFor: 15_000 }, { upTo: 32, atOnce: 8 }],
  ['whoever dials it', { accepted: 40 }, { upTo: 44, atOnce: 8 }],
  [
    'with a path it looks for fewer, and takes its time',
    { connected: 9, accepted: 5, hasPath: true },
    { upTo: 12, atOnce: 1 }
  ],
  [
    'but for a dial that hangs',
    { connected: 4, hasPath: true, hanging: 9 },
    { upTo: 12, atOnce: 2 }
  ],
  [
    'or a little less, until some are of its own choice',
    { hasPath: true },
    { upTo: 12, atOnce: 2 }
  ],
  [
    'dials that hang let a few more be under way then',
    { hasPath: true, hanging: 1 },
    { upTo: 12, atOnce: 3 }
  ],
  ['but a few', { hasPath: true, hanging: 9 }, { upTo: 12, atOnce: 4 }],
  ['four of them are of its own choice', { accepted: 40, hasPath: true }, { upTo: 44, atOnce: 2 }],
  [
    'a process that is late looks for fewer, and dials a few at once',
    { isStrained: true },
    { upTo: 8, atOnce: 4 }
  ],
  [
    'and a few more where dials hang, but none for those that failed',
    { failed: 30, hanging: 30, isStrained: true },
    { upTo: 8, atOnce: 8 }
  ],
  [
    'and looks for more the longer it is lost',
    { connected: 8, lostFor: 30_000, isStrained: true },
    { upTo: 24, atOnce: 4 }
  ],
  [
    'four are of its own choice then too',
    { accepted: 40, isStrained: true },
    { upTo: 44, atOnce: 4 }
  ],
  [
    'of few peers it is connected with all, a few dials at once',
    { known: 31, isStrained: true },
    { upTo: 64, atOnce: 4 }
  ],
  [
    'and one more for each that failed: they may all be dead but one',
    { known: 31, failed: 20, hanging: 9, isStrained: true },
    { upTo: 64, atOnce: 28 }
  ],
  [
    'with a path one after the other, but for one that hangs',
    { hasPath: true, hanging: 9, isStrained: true },
    { upTo: 8, atOnce: 2 }
  ]
] as [string, Partial<Acquaintance>, ReturnType<typeof dialling>][]) {
  test(rule, (t) => t.alike(dialling({ ...ALONE, ...more }), dials))
}

type Named = Neighbour & { name: string }

const CAPACITY: Capacity = { places: 2, hasPath: true, mayReplace: true }

function peer(name: string, more: Partial<Neighbour> = {}): Named {
  return { name, hasPath: true, own: false, inUse: false, age: 0, ...more }
}

const idle = peer('idle')
const used = peer('used', { inUse: true })
const own = peer('own', { own: true })
const lost = peer('lost', { hasPath: false })
const old = peer('old', { hasPath: false, age: 30_000 })

for (const [rule, newcomer, others, more, decision] of [
  ['a peer has its place while there is one', peer('new'), [idle], {}, 'admit'],
  ['whoever it is, where we chose it', own, [idle, idle], {}, 'admit'],
  ['then it is turned away', peer('new'), [idle, idle], {}, 'turn away'],
  ['one without a path gets the place of one that has one', lost, [used, idle], {}, 'replace idle'],
  ['but where we have no path', peer('new'), [idle, used], { hasPath: false }, 'replace idle'],
  ['no peer goes that is in use, or that we chose', lost, [used, own], {}, 'turn away'],
  ['nor one that is looking for a path itself', lost, [used, lost], {}, 'turn away'],
  ['unless it has for long', lost, [used, old], {}, 'replace old'],
  ['which is after those that have one', lost, [old, idle], {}, 'replace idle'],
  ['and none goes so soon after another', lost, [idle, idle], { mayReplace: false }, 'turn away']
] as [string, Named, Named[], Partial<Capacity>, string][]) {
  test(rule, (t) => {
    const admission = admit(newcomer, others, { ...CAPACITY, ...more })
    const who = admission.do === 'replace' ? ` ${admission.neighbour.name}` : ''
    t.is(admission.do + who, decision)
  })
}

test('a peer that turns us away is left alone for longer each time', (t) => {
  t.is(awayFor(0, 0.5), 10_000)
  t.is(awayFor(1, 0.5), 20_000)
  t.is(awayFor(9, 0.5), 600_000)
  t.is(awayFor(5000, 0.5), 600_000)
  t.ok(awayFor(0, 0) < awayFor(0, 0.9), 'not all of them come back at once')
})

test('so much advice is followed in a while, and no more', (t) => {
  const advised = Array.from({ length: ADVICE }, (_, i) => i)
  t.alike(takeAdvice(advised, 0), advised)
  t.alike(takeAdvice(advised, 14), [0, 1])
  t.alike(takeAdvice(advised, 16), [])
  t.alike(takeAdvice(advised, 1000), [])
})

test('a peer is parted from a crowd without a path, and a writer once few are connected to it', (t) => {
  t.absent(isParted(31, 0, false), 'there is no crowd')
  t.ok(isParted(32, 31, false))
  t.absent(isParted(32, 1, true))
  t.ok(isParted(32, 11, null))
  t.absent(isParted(32, 12, null))
})

test('a reader that knows a crowd lets go of idle peers that it dialled, one after the other', (t) => {
  const crowd = { known: 32, hasPath: true }
  const neighbour = (own: boolean, inUse = false): Neighbour => {
    return { hasPath: true, own, inUse, age: 0 }
  }
  const some = (count: number, own: boolean, inUse = false): Neighbour[] => {
    return Array.from({ length: count }, () => neighbour(own, inUse))
  }
  const accepted = some(12, false)
  t.is(surplus([...accepted, ...some(12, true)], crowd, 0), null, 'these are enough')
  const own = some(13, true)
  t.is(surplus([...accepted, ...own], crowd, 0), own[0])
  t.is(surplus([...accepted, ...own], crowd, 0.99), own[12])
  t.is(surplus(own, crowd, 0), null, 'few have dialled it')
  t.is(surplus([...some(60, false), ...some(12, true)], crowd, 0), null, 'twelve are kept')
  t.is(surplus([...accepted, ...own], { ...crowd, known: 31 }, 0), null, 'there is no crowd')
  t.is(surplus([...accepted, ...own], { ...crowd, hasPath: false }, 0), null, 'it has no path')
  const last = neighbour(true)
  t.is(
    surplus([...accepted, ...some(12, true, true), last], crowd, 0),
    last,
    'one that is not in use'
  )
  t.is(surplus([...accepted, ...some(13, true, true)], crowd, 0), null)
})

test('thirty-two peers are a crowd', (t) => t.alike([31, 32].map(isCrowd), [false, true]))
