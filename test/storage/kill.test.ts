import os from 'bare-os'
import { test } from 'brittle'
import { closeTestnet, startWriter } from '../helpers/app.ts'
import type { Program } from '../helpers/program.ts'
import { Random, chooseSeed } from '../helpers/random.ts'
import { storedLength, storedLog } from '../helpers/stored.ts'

const ROUNDS = Number(os.getEnv('ROUNDS') ?? 10)
const PADDING = 'x'.repeat(80)

test(`${ROUNDS} times kill -9 lose no acknowledged line, and tear or reorder none`, async (t) => {
  const random = new Random(chooseSeed())
  t.comment(`SEED=${random.seed}`)
  const storage = await t.tmp()
  const rounds: { acknowledged: number; before: number }[] = []
  let key: string | null = null
  let length = 0

  for (let round = 0; round < ROUNDS; round++) {
    const writer = await startWriter(t, [], { storage })
    key ??= writer.key
    if (writer.key !== key) t.fail('the key has changed')
    const acknowledged = await killWhileWriting(writer.program, round, random)
    const before = length
    // what was written without its acknowledgement may be there as well
    length = await storedLength(storage)
    rounds.push({ acknowledged, before })
  }

  const log = await storedLog(storage)
  t.is(log.key, key, 'the log has its key')
  const expected: string[] = []
  for (const [round, { before }] of rounds.entries()) {
    const end = rounds[round + 1]?.before ?? log.lines.length
    for (let i = 0; i < end - before; i++) expected.push(lineOf(round, i))
  }
  t.ok(
    rounds.every(({ acknowledged, before }, round) => {
      return (rounds[round + 1]?.before ?? log.lines.length) >= Math.max(acknowledged, before)
    }),
    'what was acknowledged in each round is there'
  )
  t.is(firstDifference(log.lines, expected), -1, 'every line is whole and in its place')
  const cut = rounds.filter(({ acknowledged }, round) => {
    return (rounds[round + 1]?.before ?? log.lines.length) > acknowledged
  })
  t.comment(`${ROUNDS} rounds, ${cut.length} of them within a batch, ${log.lines.length} lines`)
})

/** Kills `writer` at some moment while lines go in; resolves to the length that it acknowledged. */
async function killWhileWriting(writer: Program, round: number, random: Random): Promise<number> {
  const batches = random.within(1, 60)
  let next = 0
  for (let batch = 0; batch < batches; batch++) {
    const lines: string[] = []
    for (let left = random.within(1, 200); left > 0; left--) lines.push(lineOf(round, next++))
    const taken = writer.write(lines.join('\n') + '\n')
    // sometimes faster than the writer reads, sometimes only as fast
    if (random.chance(0.8)) await taken
  }
  await writer.kill()
  let acknowledged = 0
  for (const line of writer.stdout.lines) {
    const { tag, data } = JSON.parse(line) as { tag: string; data: { length: number } }
    if (tag === 'append') acknowledged = data.length
  }
  return acknowledged
}

function lineOf(round: number, i: number): string {
  return `${round} ${i} ${PADDING}`
}

function firstDifference(actual: string[], expected: string[]): number {
  if (actual.length !== expected.length) return Math.min(actual.length, expected.length)
  return actual.findIndex((line, i) => line !== expected[i])
}

closeTestnet()
