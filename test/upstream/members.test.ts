import { test } from 'brittle'
import { assertMembers, missingMembers } from '../../shared/upstream/members.ts'
import { installed } from './installed.ts'

const HYPERCORE = installed('hypercore')

test('each member that is not there, or of another type, is named in a line of its own', (t) => {
  const core = { length: 3, state: { storage: null, read() {} }, peers: [] }
  const members = {
    'core.length': 'number',
    'core.state.read': 'function',
    'core.peers.length': 'number',
    'core.fork': 'number',
    'core.state.storage.read': 'function',
    'core.state.length.size': 'number',
    'core.peers': 'function'
  } as const
  t.alike(missingMembers('hypercore', core, members), [
    `${HYPERCORE} has no number core.fork`,
    `${HYPERCORE} has no function core.state.storage.read`,
    `${HYPERCORE} has no number core.state.length.size`,
    `${HYPERCORE} has no function core.peers`
  ])
})

test('the first is thrown as what a person can mend', (t) => {
  assertMembers('hypercore', { length: 3 }, { 'core.length': 'number' })
  try {
    assertMembers('hypercore', {}, { 'core.length': 'number', 'core.fork': 'number' })
    t.fail('nothing was thrown')
  } catch (err) {
    t.is(
      String(err),
      `Failure: ${HYPERCORE} has no number core.length, which this app relies on: install the version that package.json names`
    )
  }
})
