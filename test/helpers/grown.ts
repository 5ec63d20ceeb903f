// Logs and copies as the apps leave them in a folder, made in this process by what the apps are made of:
// for tests of what comes after.
import b4a from 'b4a'
import type { Test } from 'brittle'
import type { Hypercore } from 'hypercore'
import { Copy } from '../../shared/storage/copy.ts'
import type { Keep } from '../../shared/storage/keep.ts'
import { openWriter } from '../../shared/storage/open.ts'
import { DEFAULT_POSITION } from '../../shared/storage/position.ts'
import type { WriterLog } from '../../shared/storage/writer-log.ts'

/** How a writer is run. */
export interface Run {
  keep?: Keep
  /** Whether the log begins a new fork, as with --accept-loss. */
  newFork?: boolean
}

/** A run of the writer of the log in `storage`, which is a new one where there is none. */
export async function runWriter<T>(
  storage: string,
  work: (log: WriterLog) => T | Promise<T>,
  { keep, newFork = false }: Run = {}
): Promise<T> {
  const log = await openWriter(storage, { private: false, keep: keep ?? null })
  try {
    await log.startAppending(newFork)
    await log.startTrimming((err) => {
      throw err
    })
    return await work(log)
  } finally {
    await log.close()
  }
}

/** Appends `lines`; resolves once they are on disk. */
export async function append(log: WriterLog, lines: string[]): Promise<void> {
  await log.append(lines.map((line) => b4a.from(line)))
  await log.commit()
}

/** A run of the writer of the log in `storage` that appends `lines`. */
export function appendIn(storage: string, lines: string[], run?: Run): Promise<void> {
  return runWriter(storage, (log) => append(log, lines), run)
}

/**
 * Brings `copy` to where `log` is, by Hypercore's own replication, with the blocks from `start` to before
 * `end`; resolves once they have parted.
 */
export async function replicate(
  log: Hypercore,
  copy: Hypercore,
  start = 0,
  end = log.length
): Promise<void> {
  const [near, far] = [log.replicate(true), copy.replicate(false)]
  near.pipe(far).pipe(near)
  await copy.update({ wait: true })
  await copy.download({ start, end }).done()
  const closed = new Promise<void>((resolve) => far.once('close', () => resolve()))
  near.destroy()
  await closed
  if (copy.fork !== log.fork || copy.length !== log.length) throw new Error('the copy is behind')
}

/** A run of a reader in `storage` with --resume, which ends once it has printed all of `log`. */
export async function copyInto(storage: string, log: Hypercore): Promise<void> {
  const copy = await Copy.open(storage, log.key)
  const { core } = copy
  await replicate(log, core)
  const position = await copy.position(DEFAULT_POSITION)
  await position.begin(0)
  await position.moveTo(core.length, core.fork)
  await copy.close()
}

/** A folder in which a writer has left `lines`. */
export async function writtenStorage(
  t: Test,
  lines: string[]
): Promise<{ storage: string; key: string }> {
  const storage = await t.tmp()
  const key = await runWriter(storage, async (log) => {
    await append(log, lines)
    return b4a.toString(log.core.key, 'hex')
  })
  return { storage, key }
}

/**
 * A folder in which a writer has left `lines`: the first half in a table, as its second run has made
 * one, and the second half in the write-ahead log.
 */
export async function filledStorage(
  t: Test,
  lines: string[]
): Promise<{ storage: string; key: string }> {
  const half = lines.length >> 1
  const written = await writtenStorage(t, lines.slice(0, half))
  await appendIn(written.storage, lines.slice(half))
  return written
}

/** The same, and a folder in which a reader has left a copy of all of it, in a table. */
export async function copiedStorage(
  t: Test,
  lines: string[]
): Promise<{ writer: string; reader: string; key: string }> {
  const half = lines.length >> 1
  const { storage, key } = await writtenStorage(t, lines.slice(0, half))
  const reader = await t.tmp()
  await runWriter(storage, async (log) => {
    await append(log, lines.slice(half))
    await copyInto(reader, log.core)
    // the second run moves the copy into a table
    await copyInto(reader, log.core)
  })
  return { writer: storage, reader, key }
}
