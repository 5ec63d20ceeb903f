import type { Test } from 'brittle'
import { type Writer, closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import type { Program } from '../helpers/program.ts'
import { onPosix } from '../helpers/platform.ts'

/** Longer than it takes for a connection to be given up. */
const ASLEEP_MS = 40_000

onPosix(
  'when a writer, a reader or both were suspended, each line arrives once and in order',
  async (t) => {
    await Promise.all([
      sleeps(t, 'the reader', async (writer, reader) => {
        reader.signal('SIGSTOP')
        await writer.program.stderr.line(/lost/)
        await writer.append('meanwhile')
        reader.signal('SIGCONT')
      }),
      sleeps(t, 'the writer', async (writer, reader) => {
        writer.program.signal('SIGSTOP')
        await reader.stderr.line(/lost/)
        writer.program.signal('SIGCONT')
        await writer.append('meanwhile')
      }),
      sleeps(t, 'both', async (writer, reader) => {
        for (const program of [writer.program, reader]) program.signal('SIGSTOP')
        await new Promise<void>((resolve) => setTimeout(resolve, ASLEEP_MS))
        for (const program of [writer.program, reader]) program.signal('SIGCONT')
        await writer.append('meanwhile')
      })
    ])
  }
)

async function sleeps(
  t: Test,
  who: string,
  sleep: (writer: Writer, reader: Program) => Promise<void>
): Promise<void> {
  const writer = await startWriter(t)
  const reader = await startReader(t, writer.key, ['--start', '0', '--raw'])
  await writer.append('before')
  await reader.stdout.line('before')
  await sleep(writer, reader)
  await reader.stdout.line('meanwhile')
  await writer.append('after')
  await reader.stdout.line('after')
  t.alike(reader.stdout.lines, ['before', 'meanwhile', 'after'], `${who}: each line once, in order`)
}

closeTestnet()
