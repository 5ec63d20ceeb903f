import { test } from 'brittle'
import { FIRST_LOOK, type Seeker, lookAgain } from '../../shared/swarm/look-ups.ts'

const ALONE = { alone: true, lost: false }
const LOST = { alone: false, lost: true }
const FOUND = { alone: false, lost: false }

test('a peer that is alone asks again, soon and then ever more seldom', (t) => {
  t.alike(asked(Array<Seeker>(8).fill(ALONE)), [4, 10, 19, 32.5, 52.75, 82.75, 112.75, 142.75])
})

test('a peer that is lost asks at once, and again after twice as long each time', (t) => {
  t.alike(asked(Array<Seeker>(60).fill(LOST)), [4, 8, 16, 32])
  const calm = Array<Seeker>(40).fill(FOUND)
  t.alike(asked([...calm, ...Array<Seeker>(6).fill(LOST)]), [44, 48])
  const flapping = Array.from({ length: 64 }, (_, i) => (i % 2 ? FOUND : LOST))
  t.alike(asked(flapping), [4, 8, 16, 32, 64], 'nor more often where it is found meanwhile')
})

test('a peer that has been found asks no more, and begins anew when it is lost', (t) => {
  t.alike(asked([ALONE, ALONE, FOUND, FOUND, LOST, LOST, LOST]), [4, 10, 22])
})

/** When, in seconds, a peer asks that is in each of `situations` as it is looked at. */
function asked(situations: Seeker[]): number[] {
  const times: number[] = []
  let [at, last] = [0, FIRST_LOOK]
  for (const situation of situations) {
    at += last.delay
    const look = lookAgain(last, situation)
    if (look.asks) times.push(at / 1000)
    last = look
  }
  return times
}
