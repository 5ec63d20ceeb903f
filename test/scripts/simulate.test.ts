import { test } from 'brittle'
import { CROWD, simulate, verdictOn } from '../../scripts/simulate/run.ts'

const SMALL = { ...CROWD, readers: 400, lines: 10 }

for (const seed of [1, 2, 3, 4, 5]) {
  test(`a crowd of which a tenth leaves each minute has every line, seed ${seed}`, (t) => {
    const outcome = simulate({ ...SMALL, seed })
    t.alike(verdictOn(outcome).faults, [])
    t.ok(outcome.depth <= 4, `${outcome.depth} steps`)
    t.ok(outcome.connections <= 26, `${outcome.connections} connections a reader`)
    t.ok(outcome.lateDials < SMALL.readers * 4, `${outcome.lateDials} dials in a minute`)
  })
}

for (const seed of [1, 2, 3]) {
  test(`a crowd whose older half is killed at once has the next line, seed ${seed}`, (t) => {
    const { afterKill, withoutPath, missing } = simulate({ ...SMALL, seed, killed: 0.5 })
    t.alike({ withoutPath, missing }, { withoutPath: 0, missing: 0 })
    t.ok(afterKill !== null && afterKill.all > 1000, 'it is found out that they are dead')
    t.ok(afterKill !== null && afterKill.all < 8000, `${afterKill?.all} simulated ms`)
  })
}

test('a seed determines all that happens', (t) => {
  const [first, again, other] = [7, 7, 8].map((seed) => simulate({ ...SMALL, readers: 100, seed }))
  t.alike(first, again)
  t.not(first?.packets, other?.packets)
})

test('a reader without a path, or without a line, is told of', (t) => {
  const outcome = simulate({ ...SMALL, readers: 10 })
  const { text, faults } = verdictOn({ ...outcome, withoutPath: 1, missing: 2 })
  t.alike(faults, ['1 readers have no path', '2 readers lack a line'])
  t.ok(text.includes('fault: 2 readers lack a line'))
})
