import { test } from 'brittle'
import { firstHole } from '../../shared/replication/first-hole.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'
import { numbered } from '../helpers/numbered.ts'

const LENGTH = 40

test('the first block that is not here is found from anywhere', async (t) => {
  const log = await createLog(t, numbered(LENGTH))
  const copy = await createCopy(t, log)
  connect(t, log, copy)
  await copy.update({ wait: true })
  const held = new Set<number>()
  for (const [start, end] of [
    [0, 3],
    [4, 5],
    [9, 31]
  ] as const) {
    await copy.download({ start, end }).done()
    for (let seq = start; seq < end; seq++) held.add(seq)
  }
  for (let start = 0; start <= LENGTH; start++) {
    for (let end = start; end <= LENGTH; end++) {
      let expected = start
      while (expected < end && held.has(expected)) expected++
      const found = await firstHole(copy, start, end)
      if (found !== expected) t.fail(`from ${start} to ${end}: ${found}, not ${expected}`)
    }
  }
  t.is(await firstHole(log, 0, LENGTH), LENGTH, 'a log has none')
})
