import os from 'bare-os'
import path from 'bare-path'
import { test } from 'brittle'
import { createLog } from '../helpers/cores.ts'
import { Program } from '../helpers/program.ts'
import { createSwarm } from '../../shared/swarm.ts'
import { assertCore } from '../../shared/upstream/assert-core.ts'
import { assertSwarm } from '../../shared/upstream/assert-swarm.ts'
import { installed } from './installed.ts'

const FOLDER = import.meta.dirname
const APPS = { 'writer-app': [], 'reader-app': ['0'.repeat(64)] }

test('the installed packages have all that is looked for at the start', async (t) => {
  const swarm = createSwarm([])
  t.teardown(() => swarm.destroy({ force: true }), { force: true })
  assertSwarm(swarm)
  assertCore(await createLog(t))
  t.pass()
})

for (const [app, args] of Object.entries(APPS)) {
  for (const [member, message] of [
    ['Protomux._warn', `${installed('protomux')} has no function mux._warn`],
    ['Hyperswarm._handlePeer', `${installed('hyperswarm')} has no function swarm._handlePeer`],
    ['Hypercore.applyProof', `${installed('hypercore')} has no function core.applyProof`],
    [
      'Hypercore.replicator',
      `${installed('hypercore')} has no boolean core.replicator.eagerUpgrade`
    ]
  ]) {
    test(`${app} without ${member} says so in one line, and ends`, async (t) => {
      const script = path.join(FOLDER, '..', '..', app, 'dist', app, 'index.js')
      const program = new Program(t, [
        os.execPath(),
        path.join(FOLDER, 'without.ts'),
        member ?? '',
        script,
        ...['--storage', await t.tmp(), '--bootstrap', '1', '--no-lan'],
        ...args
      ])
      t.is(await program.ending, 1)
      t.is(
        program.stderr.text,
        `${app}: ${message}, which this app relies on: install the version that package.json names\n`
      )
    })
  }
}
