import os from 'bare-os'
import path from 'bare-path'
import { test } from 'brittle'
import Hypercore from 'hypercore'
import Hyperswarm from 'hyperswarm'
import Protomux from 'protomux'
import { Failure } from '../../shared/errors.ts'
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

/** Members that the start looks for, each with what is said where it is missing. */
const MEMBERS = {
  'Hyperswarm._handlePeer': `${installed('hyperswarm')} has no function swarm._handlePeer`,
  'Hypercore.applyProof': `${installed('hypercore')} has no function core.applyProof`,
  'Protomux._warn': `${installed('protomux')} has no function mux._warn`,
  'Hypercore.replicator': `${installed('hypercore')} has no boolean core.replicator.eagerUpgrade`
}
const REMEDY = ', which this app relies on: install the version that package.json names'

for (const [member, message] of Object.entries(MEMBERS)) {
  test(`without ${member} the start ends in a failure`, async (t) => {
    const core = await createLog(t)
    const swarm = createSwarm([])
    t.teardown(() => swarm.destroy({ force: true }), { force: true })
    const failure = failureOf(() => {
      assertSwarm(swarm)
      assertCore(core)
    }, member)
    t.ok(failure instanceof Failure, 'which a person can mend')
    t.is(String(failure), `Failure: ${message}${REMEDY}`)
  })
}

// what each app makes of such a failure, of the swarm and of the log
for (const [app, args] of Object.entries(APPS)) {
  for (const [member, message] of Object.entries(MEMBERS).slice(0, 2)) {
    test(`${app} without ${member} says so in one line, and ends`, async (t) => {
      const script = path.join(FOLDER, '..', '..', app, 'dist', app, 'index.js')
      const program = new Program(t, [
        os.execPath(),
        path.join(FOLDER, 'without.ts'),
        member,
        script,
        ...['--storage', await t.tmp(), '--bootstrap', '1', '--no-lan'],
        ...args
      ])
      t.is(await program.ending, 1)
      t.is(program.stderr.text, `${app}: ${message}${REMEDY}\n`)
    })
  }
}

/** What `work` throws where an upgrade has renamed `member`. */
function failureOf(work: () => void, member: string): unknown {
  const [name = '', key = ''] = member.split('.')
  const classes: Record<string, { prototype: object }> = { Hypercore, Hyperswarm, Protomux }
  const prototype = classes[name]?.prototype ?? {}
  const descriptor = Reflect.getOwnPropertyDescriptor(prototype, key)
  if (descriptor === undefined) throw new Error(`no ${member}`)
  Reflect.deleteProperty(prototype, key)
  try {
    work()
    return null
  } catch (err) {
    return err
  } finally {
    Reflect.defineProperty(prototype, key, descriptor)
  }
}
