import b4a from 'b4a'
import os from 'bare-os'
import path from 'bare-path'
import { test } from 'brittle'
import Hypercore from 'hypercore'
import { closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import { Program } from '../helpers/program.ts'
import { bootstrap } from '../helpers/testnet.ts'

const DEAD = 40
const READERS = 3

test(`${DEAD} killed peers that are still announced keep no reader from its writer`, async (t) => {
  const storage = await t.tmp()
  const first = await startWriter(t, [], { storage })
  await first.append('hello')
  const topic = b4a.toString(Hypercore.discoveryKey(b4a.from(first.key, 'hex')), 'hex')
  const script = path.join(import.meta.dirname, 'announce.ts')
  const dead = new Program(t, [os.execPath(), script, bootstrap, topic, `${DEAD}`])
  await dead.stdout.line('announced')
  await Promise.all([dead.kill(), first.program.kill()])

  await startWriter(t, [], { storage })
  for (let i = 0; i < READERS; i++) {
    // gives up, with code 3, where it meets nobody in time
    const flags = ['--start', '0', '--raw', '-n', '1', '--timeout', '10']
    const reader = await startReader(t, first.key, flags)
    t.is(await reader.ending, 0, 'a reader meets the writer')
    t.alike(reader.stdout.lines, ['hello'])
  }
})

closeTestnet()
