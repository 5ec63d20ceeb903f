import { test } from 'brittle'
import { acknowledged, closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import type { Program } from '../helpers/program.ts'
import { Random, chooseSeed } from '../helpers/random.ts'
import { printsExactly, seqsOf, untilBlock } from '../helpers/blocks.ts'
import { asInput } from '../helpers/numbered.ts'

const ROUNDS = 8
/** A run that is printed, and whose end is not saved yet, may be printed again. */
const RUN = 1024

test('the reader’s output is the writer’s input, whatever the batches and who starts anew', async (t) => {
  const random = new Random(chooseSeed())
  t.comment(`SEED=${random.seed}`)
  const input: string[] = []
  const readers: Program[] = []
  const writerStorage = await t.tmp()
  const readerStorage = await t.tmp()
  let { program: writer, key } = await startWriter(t, [], { storage: writerStorage })
  const read = async (): Promise<Program> => {
    const flags = ['--start', '0', '--resume']
    const reader = await startReader(t, key, flags, { storage: readerStorage })
    readers.push(reader)
    return reader
  }
  let reader = await read()

  for (let round = 0; round < ROUNDS; round++) {
    const batches = random.within(1, 6)
    for (let batch = 0; batch < batches; batch++) {
      const lines = linesOf(random, input.length)
      input.push(...lines)
      const written = writer.write(asInput(lines))
      if (random.chance(0.5)) await written
    }
    const onDisk = random.chance(0.6)
    if (onDisk) await acknowledged(writer, input.length)
    if (onDisk && random.chance(0.6)) {
      await end(random, writer)
      ;({ program: writer } = await startWriter(t, [], { storage: writerStorage }))
    }
    if (random.chance(0.5)) {
      await end(random, reader)
      reader = await read()
    }
  }

  // whoever reads last has something to print
  input.push('the end')
  await writer.write('the end\n')
  await untilBlock(reader, input.length - 1)
  let next = 0
  for (const reader of readers) {
    const seqs = seqsOf(reader)
    const [start] = seqs
    // it was ended before it had anything to print
    if (start === undefined) continue
    t.ok(start <= next && start >= next - RUN, `goes on at ${start} after ${next} blocks`)
    next = start + seqs.length
    printsExactly(t, reader, input.slice(start, next), start)
  }
  t.is(next, input.length, 'nothing is missing')
})

/** From a single line to several batches of the feed; some lines are empty. */
function linesOf(random: Random, first: number): string[] {
  const count = random.pick([1, random.within(1, 20), random.within(500, 4000)])
  return Array.from({ length: count }, (_, i) => {
    return random.chance(0.05) ? '' : `${first + i} ${'x'.repeat(random.below(200))}`
  })
}

async function end(random: Random, program: Program): Promise<void> {
  program.signal(random.pick(['SIGTERM', 'SIGKILL']))
  await program.ending
}

closeTestnet()
