import { test } from 'brittle'
import { NO_PATH } from '../../shared/feed/messages.ts'
import {
  type CandidateState,
  type Decision,
  MAX_DELAY_MS,
  OVERTAKEN_MS,
  type SubscriptionState,
  RETRY_MS,
  SILENCE_MS,
  STARVATION_MS,
  type Situation,
  choose,
  isUsable,
  replace,
  retryDelay,
  review,
  starvationLimit
} from '../../shared/feed/source-policy.ts'

const NOW = 1_000_000
const LOG = { length: 10, fork: 3 }

interface Named extends CandidateState {
  name: string
}

/** A peer beside the writer that has ten blocks more than we; `more` says what is different. */
function peer(name: string, more: Partial<CandidateState> = {}): Named {
  const claim = { hops: 1, claimedLength: 20, claimedFork: 3 }
  const rest = { followsUs: false, retryAt: 0, seemsDead: false, isSilent: false }
  return { name, ...claim, ...rest, ...more }
}

/** A subscription to `source` that goes well; `more` says what is different. */
function following(
  source: Named,
  more: Partial<SubscriptionState<Named>> = {}
): SubscriptionState<Named> {
  return {
    source,
    fallback: null,
    provenEnd: 10,
    heldBack: false,
    movedAt: NOW,
    starvedSince: null,
    hasDied: source.seemsDead,
    ...more
  }
}

/** All that is known, but for what `more` says: no peers, none followed, none ahead. */
function situation(more: Partial<Situation<Named>>): Situation<Named> {
  const known = { candidates: [], progress: null, requirePath: false }
  return { log: LOG, ...known, othersAhead: false, starvations: 0, ...more }
}

/** `decision` in words. */
function worded(decision: Decision<Named>): string {
  if (decision.do !== 'follow') return decision.do
  const { source, fallback, starved } = decision
  return `follow ${source.name}${fallback ? `, else ${fallback.name}` : ''}${starved ? ', starved' : ''}`
}

const EQUAL = { claimedLength: 10 }
const AHEAD = { claimedLength: 11 }

for (const [rule, candidate, usable, requirePath = false] of [
  ['a peer that has blocks we lack is of use', peer('a'), true],
  ['without a path to the writer too', peer('a', { hops: NO_PATH }), true],
  ['but not where a path is required', peer('a', { hops: NO_PATH }), false, true],
  [
    'a peer with a path is of use where one is required',
    peer('a', { hops: NO_PATH - 1 }),
    true,
    true
  ],
  ['a peer with a path is of use for what is to come', peer('a', EQUAL), true],
  [
    'a peer with no path and no more blocks is of none',
    peer('a', { ...EQUAL, hops: NO_PATH }),
    false
  ],
  ['one block more is enough', peer('a', { ...AHEAD, hops: NO_PATH }), true],
  [
    'a peer that follows us gets its blocks from us',
    peer('a', { ...EQUAL, followsUs: true }),
    false
  ],
  ['but may have blocks that we lack', peer('a', { ...AHEAD, followsUs: true }), true],
  ['a peer on another fork can serve nothing', peer('a', { claimedFork: 4 }), false],
  ['nor can one on an old fork', peer('a', { claimedFork: 2 }), false],
  ['a peer that has not said its fork may be on ours', peer('a', { claimedFork: null }), true],
  ['a peer is left alone before its time', peer('a', { retryAt: NOW + 1 }), false],
  ['and no longer', peer('a', { retryAt: NOW }), true]
] as [string, Named, boolean, boolean?][]) {
  test(`use: ${rule}`, (t) => {
    t.is(isUsable(candidate, { log: LOG, requirePath }, NOW), usable)
  })
}

const near = peer('near', { hops: 1 })
const far = peer('far', { hops: 2 })
const full = peer('full', { hops: 2, claimedLength: 21 })
const lost = peer('lost', { hops: NO_PATH, claimedLength: 10 })
const useless = peer('useless', { hops: 0, retryAt: Infinity })

for (const [rule, given, decision] of [
  ['no peer is followed where there is none', {}, 'stay'],
  ['nor where none is of use', { candidates: [useless] }, 'stay'],
  ['the nearest to the writer is followed', { candidates: [far, useless, near] }, 'follow near'],
  ['of equally near ones, that which claims most', { candidates: [far, full] }, 'follow full'],
  ['near comes before much', { candidates: [full, near] }, 'follow near'],
  [
    'one that has shown that it is alive comes before those that have yet to',
    { candidates: [peer('silent', { isSilent: true }), far] },
    'follow far'
  ],
  [
    'the source is kept while it is the best',
    { candidates: [near, far], progress: following(near) },
    'stay'
  ],
  [
    'nothing that is under way is asked of another',
    { candidates: [far, near], progress: following(far, { provenEnd: 21 }) },
    'stay'
  ],
  [
    'a nearer peer takes its place',
    { candidates: [far, near], progress: following(far) },
    'follow near'
  ],
  [
    'an equally near one that claims more does not',
    { candidates: [far, full], progress: following(far) },
    'stay'
  ],
  [
    'a source that is of no use any more is not left for one farther away',
    { candidates: [useless, far], progress: following(useless) },
    'stay'
  ],
  [
    'but for a nearer one',
    {
      candidates: [peer('late', { retryAt: Infinity, hops: 2 }), near],
      progress: following(peer('late', { hops: 2 }))
    },
    'follow near'
  ],
  [
    'a source on probation is given its time',
    { candidates: [far, near], progress: following(far, { fallback: full }) },
    'stay'
  ],
  [
    'where a path is required, none without',
    { candidates: [peer('lost', { hops: NO_PATH })], requirePath: true },
    'stay'
  ]
] as [string, Partial<Situation<Named>>, string][]) {
  test(`choice: ${rule}`, (t) => {
    t.is(worded(choose(situation(given), NOW)), decision)
  })
}

for (const [rule, given, decision] of [
  [
    'where there is no other, none is followed',
    { candidates: [], progress: following(near) },
    'leave'
  ],
  ['the best comes next', { candidates: [far, near], progress: following(useless) }, 'follow near'],
  [
    'one that seems dead last',
    {
      candidates: [peer('dead', { hops: 0, seemsDead: true }), far],
      progress: following(useless)
    },
    'follow far'
  ],
  ['one farther away too', { candidates: [far], progress: following(near) }, 'follow far'],
  [
    'the same one again, if it is the best',
    { candidates: [far, near], progress: following(near) },
    'follow near'
  ],
  [
    'after a source on probation, the one before it',
    { candidates: [near, far], progress: following(near, { fallback: far }) },
    'follow far'
  ],
  [
    'whatever that has failed before',
    { candidates: [near, useless], progress: following(near, { fallback: useless }) },
    'follow useless'
  ],
  [
    'unless it has gone',
    { candidates: [near], progress: following(full, { fallback: far }) },
    'follow near'
  ]
] as [string, Partial<Situation<Named>>, string][]) {
  test(`replacement: ${rule}`, (t) => {
    t.is(worded(replace(situation(given), NOW)), decision)
  })
}

const source = peer('source', { hops: 2, ...EQUAL })
const owing = peer('source', { hops: 2, ...AHEAD })
const rival = peer('rival', { hops: 5, ...AHEAD })
const dead = peer('dead', { hops: 2, ...EQUAL, seemsDead: true })
const deadWriter = peer('dead writer', { hops: 0, ...EQUAL, seemsDead: true })
const SILENT = { movedAt: NOW - SILENCE_MS }
const OVERTAKEN = { movedAt: NOW - OVERTAKEN_MS, starvedSince: NOW - OVERTAKEN_MS }
const QUIET = { movedAt: NOW - OVERTAKEN_MS }
const STARVED = { starvedSince: NOW - STARVATION_MS }

for (const [rule, given, decision] of [
  ['where none is followed, the best is', { candidates: [far, near] }, 'follow near'],
  ['a source that moves is followed on', { progress: following(source) }, 'stay'],
  [
    'whatever others claim',
    { candidates: [source, rival], progress: following(source), othersAhead: true },
    'stay'
  ],
  [
    'a silence is one after its time alone',
    { progress: following(owing, { movedAt: NOW - SILENCE_MS + 1 }) },
    'stay'
  ],
  [
    'a silent source that claims more has failed',
    { progress: following(owing, SILENT) },
    'abandon'
  ],
  [
    'so has one that has proven more',
    { progress: following(source, { ...SILENT, provenEnd: 11 }) },
    'abandon'
  ],
  [
    'so has one that has not begun',
    { progress: following(source, { ...SILENT, provenEnd: Infinity }) },
    'abandon'
  ],
  [
    'so has one on probation',
    { progress: following(source, { ...SILENT, fallback: far }) },
    'abandon'
  ],
  [
    'but not while it waits for us',
    { progress: following(owing, { ...SILENT, heldBack: true }) },
    'stay'
  ],
  [
    'what a silent source claims on another fork it does not owe',
    { progress: following(peer('source', { claimedFork: 4 }), SILENT) },
    'idle'
  ],
  [
    'a silent source that has all that is claimed is idle',
    { progress: following(source, SILENT) },
    'idle'
  ],
  [
    'where another claims more, that one has to show it',
    { candidates: [source, rival], progress: following(source, SILENT), othersAhead: true },
    'follow rival, else source'
  ],
  [
    'the best of them',
    {
      candidates: [source, rival, peer('better', { hops: 4, ...AHEAD })],
      progress: following(source, SILENT),
      othersAhead: true
    },
    'follow better, else source'
  ],
  [
    'and not one that has no more than we',
    {
      candidates: [source, peer('nearer', { hops: 0, ...EQUAL }), rival],
      progress: following(source, SILENT),
      othersAhead: true
    },
    'follow rival, else source'
  ],
  [
    'as soon as it has been ahead for a while, and the source has sent all that it claims',
    { candidates: [source, rival], progress: following(source, OVERTAKEN), othersAhead: true },
    'follow rival, else source, starved'
  ],
  [
    'and for twice as long where that came to nothing before',
    {
      candidates: [source, rival],
      progress: following(source, OVERTAKEN),
      othersAhead: true,
      starvations: 1
    },
    'stay'
  ],
  [
    'but not before',
    {
      candidates: [source, rival],
      progress: following(source, { ...OVERTAKEN, starvedSince: NOW - OVERTAKEN_MS + 1 }),
      othersAhead: true
    },
    'stay'
  ],
  [
    'nor where the source has moved since',
    {
      candidates: [source, rival],
      progress: following(source, { ...OVERTAKEN, movedAt: NOW - OVERTAKEN_MS + 1 }),
      othersAhead: true
    },
    'stay'
  ],
  [
    'nor where it has more itself',
    { candidates: [owing, rival], progress: following(owing, OVERTAKEN), othersAhead: true },
    'stay'
  ],
  [
    'nor where it waits for us',
    {
      candidates: [source, rival],
      progress: following(source, { ...OVERTAKEN, heldBack: true }),
      othersAhead: true
    },
    'stay'
  ],
  [
    'where none of them can be followed, the source is contested',
    {
      candidates: [source, peer('rival', { ...AHEAD, retryAt: NOW + 1 })],
      progress: following(source, SILENT),
      othersAhead: true
    },
    'contest'
  ],
  [
    'the same where none of them has a feed',
    { candidates: [source], progress: following(source, SILENT), othersAhead: true },
    'contest'
  ],
  [
    'a source that gives little by little is compared with others',
    { candidates: [owing, rival], progress: following(owing, STARVED), othersAhead: true },
    'follow rival, else source, starved'
  ],
  [
    'on probation too',
    {
      candidates: [owing, rival],
      progress: following(owing, { ...STARVED, fallback: far }),
      othersAhead: true
    },
    'follow rival, else source, starved'
  ],
  [
    'but after its time alone',
    {
      candidates: [owing, rival],
      progress: following(owing, { starvedSince: NOW - STARVATION_MS + 1 }),
      othersAhead: true
    },
    'stay'
  ],
  [
    'and the more of them there were, the later',
    {
      candidates: [owing, rival],
      progress: following(owing, STARVED),
      othersAhead: true,
      starvations: 1
    },
    'stay'
  ],
  [
    'where no other can be followed, it is followed on, and not contested',
    { candidates: [owing], progress: following(owing, STARVED), othersAhead: true },
    'stay'
  ],
  [
    'a source that owes, and is silent and slow, has failed first of all',
    {
      candidates: [owing, rival],
      progress: following(owing, { ...SILENT, ...STARVED }),
      othersAhead: true
    },
    'abandon'
  ],
  [
    'a source that seems dead is left at once for one that has more',
    { candidates: [dead, rival], progress: following(dead), othersAhead: true },
    'follow rival'
  ],
  [
    'or that has as much, and a path',
    { candidates: [dead, peer('far', { hops: 3, ...EQUAL })], progress: following(dead) },
    'follow far'
  ],
  [
    'of both for the one that has more, though it is farther away',
    {
      candidates: [dead, peer('near', { hops: 1, ...EQUAL }), rival],
      progress: following(dead),
      othersAhead: true
    },
    'follow rival'
  ],
  [
    'but not for one without a path',
    { candidates: [dead, peer('lost', { hops: NO_PATH, ...EQUAL })], progress: following(dead) },
    'stay'
  ],
  [
    'but not for one that has less',
    {
      candidates: [dead, peer('near', { hops: 2, claimedLength: 9 })],
      progress: following(dead)
    },
    'stay'
  ],
  [
    'nor for one that has yet to show that it is alive',
    {
      candidates: [dead, peer('silent', { hops: 0, ...AHEAD, isSilent: true })],
      progress: following(dead),
      othersAhead: true
    },
    'stay'
  ],
  [
    'a writer that seems dead is not left for a reader: that one has its blocks from it',
    {
      candidates: [deadWriter, peer('reader', { hops: 1, ...EQUAL })],
      progress: following(deadWriter)
    },
    'stay'
  ],
  [
    'but for another process of it',
    {
      candidates: [deadWriter, peer('writer', { hops: 0, ...EQUAL })],
      progress: following(deadWriter)
    },
    'follow writer'
  ],
  [
    'nor for one that seems dead itself',
    {
      candidates: [dead, peer('dead', { hops: 0, ...AHEAD, seemsDead: true })],
      progress: following(dead),
      othersAhead: true
    },
    'stay'
  ],
  [
    'a source that has lost its path, and brings nothing, is left for one that has one',
    { candidates: [lost, far], progress: following(lost, QUIET) },
    'follow far'
  ],
  [
    'but not while it brings something',
    { candidates: [lost, far], progress: following(lost) },
    'stay'
  ],
  [
    'nor while something is under way from it',
    { candidates: [lost, far], progress: following(lost, { ...QUIET, provenEnd: 11 }) },
    'stay'
  ],
  [
    'nor for one that has less',
    {
      candidates: [lost, peer('far', { hops: 2, claimedLength: 9 })],
      progress: following(lost, QUIET)
    },
    'stay'
  ],
  [
    'nor while it is on probation',
    { candidates: [lost, far], progress: following(lost, { ...QUIET, fallback: full }) },
    'stay'
  ],
  [
    'a source is not compared with itself',
    {
      candidates: [owing],
      progress: following(owing, { ...STARVED, heldBack: true }),
      othersAhead: true
    },
    'stay'
  ]
] as [string, Partial<Situation<Named>>, string][]) {
  test(`review: ${rule}`, (t) => {
    t.is(worded(review(situation(given), NOW)), decision)
  })
}

test('the delay of a peer that fails doubles from ten seconds to ten minutes', (t) => {
  t.alike([0, 1, 2, 5, 6, 100].map(retryDelay), [10_000, 20_000, 40_000, 320_000, 600_000, 600_000])
  t.is(retryDelay(0), RETRY_MS)
  t.is(retryDelay(100), MAX_DELAY_MS)
})

test('the time that a slow source is given doubles from ten seconds to ten minutes', (t) => {
  t.alike(
    [0, 1, 2, 5, 6, 100].map(starvationLimit),
    [10_000, 20_000, 40_000, 320_000, 600_000, 600_000]
  )
})
