import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import type { Test } from 'brittle'
import {
  acknowledged,
  closeTestnet,
  refuses,
  startApp,
  startReader,
  startWriter,
  tagged
} from '../helpers/app.ts'
import { createLog } from '../helpers/cores.ts'
import { asInput, numbered } from '../helpers/numbered.ts'
import type { Program } from '../helpers/program.ts'
import { announce } from '../helpers/swarm.ts'
import { createDisk, diskTest } from './disk.ts'
import { storedLog } from '../helpers/stored.ts'

const MB = 1024 * 1024
const FULL =
  /: the disk is full: free some space and start again; everything acknowledged is kept$/m
/** More than the small disk can hold. */
const LINES = numbered(1400, 0, 6000)

diskTest('a writer on a full disk says so, and keeps what it has acknowledged', async (t) => {
  const disk = await createDisk(t, 6 * MB)
  const writer = await startWriter(t, ['-q'], { storage: disk.folder })
  void writer.program.write(asInput(LINES))
  await refuses(t, writer.program, 1, FULL)
  const kept = lastLength(writer.program)
  t.ok(kept > 0, `${kept} lines were acknowledged`)

  const full = await startApp(t, 'writer-app', ['-q'], { storage: disk.folder })
  void full.write(asInput(LINES))
  await refuses(t, full, 1, FULL)

  disk.resize(256 * MB)
  const { key, lines } = await storedLog(disk.folder)
  t.is(key, writer.key)
  t.ok(lines.length >= kept, 'everything acknowledged is there')
  // both writers were given the same lines
  const first = LINES.slice(0, lines.lastIndexOf(LINES[0] ?? ''))
  const expected = [...first, ...LINES.slice(0, lines.length - first.length)]
  t.alike(lines, expected, 'and in order')
  const again = await startWriter(t, [], { storage: disk.folder, length: lines.length })
  await again.append('goes on')
})

diskTest(
  'a writer and a reader that let go of what is old say just as much of a full disk',
  async (t) => {
    const [one, two] = [await createDisk(t, 6 * MB), await createDisk(t, 6 * MB)]
    const flags = ['-q', '--keep', '7d']
    const writer = await startWriter(t, flags, { storage: one.folder })
    const reader = await startReader(t, writer.key, flags, { storage: two.folder })
    await reader.stdout.line(/^Skipping/)
    fill(path.join(two.folder, 'filler'))
    void writer.program.write(asInput(LINES))
    for (const program of [reader, writer.program]) await refuses(t, program, 1, FULL)
  }
)

diskTest('a reader on a full disk says so, and goes on once there is space', async (t) => {
  const writer = await startWriter(t)
  void writer.program.write(asInput(LINES))
  await acknowledged(writer.program, LINES.length)
  await readOnSmallDisk(t, writer.key)
})

diskTest('a reader on a full disk says so, too, where blocks come without the feed', async (t) => {
  const log = await createLog(t)
  for (let i = 0; i < LINES.length; i += 1024) {
    await log.append(LINES.slice(i, i + 1024).map((line) => b4a.from(line)))
  }
  await announce(t, log)
  await readOnSmallDisk(t, b4a.toString(log.key, 'hex'))
})

diskTest(
  'a reader on a full disk says so where the log is rewound, and leaves nothing out once there is space',
  async (t) => {
    const log = await createLog(t, numbered(12))
    await announce(t, log)
    const disk = await createDisk(t, 6 * MB)
    const flags = ['--start', '0', '--resume', '-q', '--raw']
    const key = b4a.toString(log.key, 'hex')
    const reader = await startReader(t, key, flags, { storage: disk.folder })
    await reader.stdout.line(numbered(12).at(-1) ?? '')
    const filler = path.join(disk.folder, 'filler')
    fill(filler)
    await log.truncate(7)
    const others = numbered(20, 100)
    await log.append(others.map((line) => b4a.from(line)))
    await refuses(t, reader, 1, FULL)
    t.alike(reader.stdout.lines, numbered(12))

    fs.unlinkSync(filler)
    const again = await startReader(t, key, [...flags, '--no-follow'], { storage: disk.folder })
    t.is(await again.ending, 0)
    t.alike(again.stdout.lines.slice(-20), others)
  }
)

/** Takes all the space of a disk with the file `file`. */
function fill(file: string): void {
  const fd = fs.openSync(file, 'w')
  try {
    for (const piece = new Uint8Array(64 * 1024); ; ) fs.writeSync(fd, piece)
  } catch {
    // the disk is full
  } finally {
    fs.closeSync(fd)
  }
}

async function readOnSmallDisk(t: Test, key: string): Promise<void> {
  const disk = await createDisk(t, 6 * MB)
  const flags = ['--start', '0', '--resume', '--json', '-q']
  const reader = await startReader(t, key, flags, { storage: disk.folder })
  await refuses(t, reader, 1, FULL)
  const first = blocksOf(reader)
  t.ok(first.length > 0, `${first.length} blocks were printed`)
  t.alike(first, blocks(0, first.length), 'each once and in order')

  disk.resize(256 * MB)
  const again = await startReader(t, key, flags, { storage: disk.folder })
  await tagged<{ seq: number }>(again, 'block', ({ seq }) => seq === LINES.length - 1)
  const second = blocksOf(again)
  const from = second[0]?.seq ?? 0
  t.ok(from <= first.length, `goes on with block ${from}`)
  t.alike(second, blocks(from, LINES.length), 'to the end')
}

interface Block {
  seq: number
  value: string
}

function blocks(start: number, end: number): Block[] {
  return LINES.slice(start, end).map((value, i) => ({ seq: start + i, value }))
}

function blocksOf({ stdout }: Program): Block[] {
  return stdout.lines.map((line) => {
    const { seq, value } = (JSON.parse(line) as { data: Block }).data
    return { seq, value }
  })
}

function lastLength({ stdout }: Program): number {
  const line = stdout.lines.findLast((text) => text.includes('"append"'))
  return line === undefined ? 0 : (JSON.parse(line) as { data: { length: number } }).data.length
}

closeTestnet()
