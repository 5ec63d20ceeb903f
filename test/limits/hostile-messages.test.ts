import b4a from 'b4a'
import { type Test, test } from 'brittle'
import HyperDHT from 'hyperdht'
import { announce } from '../helpers/swarm.ts'
import { closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import { createLog } from '../helpers/cores.ts'
import { ATTACKS, LENGTH, LIES } from './attacks.ts'
import { peakMemory, processorTime } from '../helpers/proc.ts'
import { type Attack, Hostile } from '../helpers/hostile.ts'
import { numbered } from '../helpers/numbered.ts'
import { bootstrap } from '../helpers/testnet.ts'

const LINES = numbered(LENGTH)
/** An app that has served nobody hostile needs about 90. */
const MEGABYTES = 320
/** Of processor time, for one attack. */
const SECONDS = 3

test('whatever a holder of the key says, writer and reader go on serving each other', async (t) => {
  const writer = await startWriter(t)
  await writer.append(...LINES)
  const reader = await startReader(t, writer.key, ['--start', '0', '--raw'])
  await reader.stdout.line(LINES.at(-1) ?? '')

  const apps = [writer.program, reader]
  let messages = 0
  for (const [name, attack, hostile] of await prepare(t, writer.key, apps.length, ATTACKS)) {
    const before = apps.map(processorTime)
    await hostile.attack(attack)
    t.pass(`who ${name} is ${attack.dropped ? 'dropped' : 'endured'}`)
    await writer.append(name)
    t.is(await reader.stdout.line(/./), name, 'and keeps no line from its reader')
    const costs = apps.map((app, i) => processorTime(app) - (before[i] ?? 0))
    t.ok(Math.max(...costs) < SECONDS, `and costs ${Math.max(...costs).toFixed(2)} s`)
    messages += apps.length * attack.messages
  }
  t.comment(`${messages} hostile messages`)
  for (const app of apps) {
    t.ok(peakMemory(app) < MEGABYTES, `${peakMemory(app).toFixed(0)} MB at the most`)
  }
})

test('a reader whose only peers are hostile survives them all', async (t) => {
  const storage = await t.tmp()
  const writer = await startWriter(t, [], { storage })
  await writer.append(...LINES)
  const reader = await startReader(t, writer.key, ['--start', '0', '--raw'])
  await reader.stdout.line(LINES.at(-1) ?? '')
  await writer.program.stop()

  for (const [name, attack, hostile] of await prepare(t, writer.key, 1, { ...LIES, ...ATTACKS })) {
    await hostile.attack(attack)
    t.pass(`who ${name} is ${attack.dropped ? 'dropped' : 'endured'}`)
  }
  const again = await startWriter(t, [], { storage, length: LINES.length })
  await again.append('the writer is back')
  await reader.stdout.line('the writer is back')
  t.ok(peakMemory(reader) < MEGABYTES, `${peakMemory(reader).toFixed(0)} MB at the most`)
})

test('a writer that rewinds its log again and again is not dropped', async (t) => {
  const log = await createLog(t, ['first', 'second'])
  await announce(t, log)
  const key = b4a.toString(log.key, 'hex')
  const reader = await startReader(t, key, ['--start', '0', '--raw'])
  await reader.stdout.line('second')
  for (let fork = 1; fork <= 80; fork++) {
    await log.truncate(1)
    await log.append(b4a.from(`second, ${fork}`))
    await reader.stdout.line(`second, ${fork}`)
  }
  t.absent(/dropped/.test(reader.stderr.text))
})

/** Lets a hostile peer of its own join for each of `attacks`. */
function prepare(
  t: Test,
  key: string,
  victims: number,
  attacks: Record<string, Attack>
): Promise<[string, Attack, Hostile][]> {
  const dht = new HyperDHT({ bootstrap: bootstrap.split(',') })
  return Promise.all(
    Object.entries(attacks).map(async ([name, attack]): Promise<[string, Attack, Hostile]> => {
      return [name, attack, await Hostile.join(t, key, victims, attack, dht)]
    })
  )
}

closeTestnet()
