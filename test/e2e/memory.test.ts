import b4a from 'b4a'
import { acknowledged, closeTestnet, refuses, startReader, startWriter } from '../helpers/app.ts'
import { onLinux } from '../helpers/platform.ts'
import { peakMemory } from '../helpers/proc.ts'
import type { Program } from '../helpers/program.ts'

/** Pipes `count` lines of `size` bytes in, as fast as they are taken. */
async function pipeLines(writer: Program, count: number, size: number): Promise<void> {
  const chunk = b4a.from(('x'.repeat(size - 1) + '\n').repeat(64_000 / size))
  for (let left = count * size; left > 0; left -= chunk.byteLength) {
    await writer.write(chunk.subarray(0, Math.min(left, chunk.byteLength)))
  }
}

onLinux('half a million lines piped in stay within 250 MB', async (t) => {
  const { program } = await startWriter(t)
  await pipeLines(program, 500_000, 100)
  await acknowledged(program, 500_000)
  const peak = peakMemory(program)
  t.comment(`${peak.toFixed(0)} MB`)
  t.ok(peak <= 250)
})

onLinux('a stalled consumer does not grow the memory of its reader', async (t) => {
  const { program, key } = await startWriter(t)
  await pipeLines(program, 25_000, 2000)
  await acknowledged(program, 25_000)

  const flags = ['--start', '0', '--raw']
  const stalled = await startReader(t, key, flags, { stalled: true })
  const keeping = await startReader(t, key, [...flags, '-n', '25001'])
  await stalled.stdout.stallAt(/./)
  await keeping.stdout.total(50_000_000)
  const stuck = peakMemory(stalled)
  t.comment(`stalled ${stuck.toFixed(0)} MB, keeping up ${peakMemory(keeping).toFixed(0)} MB`)
  // one that goes on to read needs the 50 MB of the log on top of its 104 MB
  t.ok(stuck <= 130)
})

onLinux('a line of 200 MB ends the writer once it is longer than a block', async (t) => {
  const storage = await t.tmp()
  const { program, append } = await startWriter(t, ['--quiet'], { storage })
  await append('before')
  const chunk = b4a.alloc(1_000_000, 'x')
  for (let megabytes = 0; megabytes < 15; megabytes++) await program.write(chunk)
  const peak = peakMemory(program)
  t.comment(`${peak.toFixed(0)} MB with most of a block`)
  t.ok(peak <= 150)
  for (let megabytes = 15; megabytes < 200; megabytes++) void program.write(chunk)
  await refuses(t, program, 1, /line 2 is longer than a block can be/)

  const reader = await startReader(t, (await startWriter(t, [], { storage })).key, ['--tail', '1'])
  await reader.stdout.line('Block 0: before')
  t.pass('what came before is kept')
})

closeTestnet()
