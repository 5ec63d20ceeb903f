import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { type Subprocess, spawn } from 'bare-subprocess'
import { leftovers } from './leftovers.ts'
import { FILE_MS } from './limits.ts'
import type { Batch } from './order.ts'

/** How long a killed process may take to be gone, in milliseconds. */
const GONE_MS = 10_000
const SEVERAL = path.join(import.meta.dirname, 'several.ts')

export interface Result {
  passed: number
  failed: number
  skipped: number
  seconds: number
  output: string
}

/** Where a test file may leave things while it runs. */
interface Place {
  folder: string
  /** For its temporary files. */
  temporary: string
  /** What it has said so far. */
  stdout: string
  stderr: string
}

interface Run {
  child: Subprocess
  place: Place
  /** Resolves once its processes and its place are gone. */
  over: Promise<unknown>
}

const running = new Set<Run>()

/**
 * Runs the test files of one process, in a process group and with a folder for temporary files of its
 * own. What is left of either behind counts as a failure, and is removed.
 */
export async function runBatch(files: Batch, root: string): Promise<Result> {
  const place = createPlace()
  const child = start(files, root, place)
  const over = resultOf(child, place)
  const run = { child, place, over }
  running.add(run)
  try {
    return await over
  } finally {
    running.delete(run)
  }
}

/** Kills what runs at present; resolves once nothing of it is left. */
export async function endRunning(): Promise<void> {
  for (const { child, place } of running) kill(child.pid, place.temporary)
  await Promise.all([...running].map(({ over }) => over))
}

function createPlace(): Place {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pear-broadcast-test-'))
  const below = (name: string): string => path.join(folder, name)
  fs.mkdirSync(below('tmp'))
  return { folder, temporary: below('tmp'), stdout: below('stdout'), stderr: below('stderr') }
}

function start(files: Batch, root: string, { temporary, stdout, stderr }: Place): Subprocess {
  // no pipes: once process.stdout was in use, console.log drops what does not fit into one
  const streams = [stdout, stderr].map((name) => fs.openSync(name, 'w'))
  const script = files.length > 1 ? [SEVERAL] : []
  const child = spawn(os.execPath(), [...script, ...files], {
    cwd: root,
    env: { ...environment(), TMPDIR: temporary, TEMP: temporary, TMP: temporary },
    stdio: ['ignore', ...streams],
    // a group of its own
    detached: true
  })
  for (const fd of streams) fs.closeSync(fd)
  return child
}

async function resultOf(child: Subprocess, place: Place): Promise<Result> {
  const startedAt = Date.now()
  const limit = setTimeout(() => kill(child.pid, place.temporary), FILE_MS)
  await new Promise<void>((resolve) => child.on('exit', () => resolve()))
  clearTimeout(limit)

  const faults: string[] = []
  if (kill(child.pid, place.temporary)) faults.push('a process was left behind')
  await end(child, place.temporary)
  const [stdout, stderr] = [textOf(place.stdout), textOf(place.stderr)]
  const files = fs.readdirSync(place.temporary)
  fs.rmSync(place.folder, { recursive: true })
  const counts = countTests(stdout)
  if (counts.failed === 0) {
    if (child.exitCode !== 0) {
      faults.push(`ended with ${child.signalCode ?? child.exitCode} in: ${lastTest(stdout)}`)
    } else if (!stdout.includes('\n# ok')) {
      faults.push(`ended before its tests had, in: ${lastTest(stdout)}`)
    } else if (files.length > 0) {
      faults.push(`temporary files were left behind: ${files.join(', ')}`)
    }
  }
  return {
    ...counts,
    failed: counts.failed + faults.length,
    seconds: (Date.now() - startedAt) / 1000,
    output: [stdout, stderr, ...faults].join('\n')
  }
}

/** Kills what is left of a test file, until it is gone: a process that is killed may linger. */
async function end({ pid }: Subprocess, temporary: string): Promise<void> {
  for (const startedAt = Date.now(); Date.now() - startedAt < GONE_MS; ) {
    if (!kill(pid, temporary)) return
    await new Promise<void>((resolve) => setTimeout(resolve, 10))
  }
}

/** Kills what is left of the group `group` and in `temporary`; tells whether there was anything. */
function kill(group: number, temporary: string): boolean {
  const left = leftovers(group, temporary)
  for (const target of left) {
    try {
      os.kill(target, 'SIGKILL')
    } catch {
      // it has ended by itself
    }
  }
  return left.length > 0
}

// the lines of TAP at the top level: a test each
function countTests(tap: string): Pick<Result, 'passed' | 'failed' | 'skipped'> {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const [, not, name = ''] of tap.matchAll(/^(not )?ok \d+ - (.*)$/gm)) {
    if (name.startsWith('teardown: ')) continue
    if (not) counts.failed++
    else if (name.endsWith('# SKIP')) counts.skipped++
    else counts.passed++
  }
  return counts
}

function lastTest(tap: string): string {
  return [...tap.matchAll(/^# (.*)$/gm)].at(-1)?.[1] ?? 'no test'
}

function textOf(file: string): string {
  return String(fs.readFileSync(file))
}

function environment(): Record<string, string> {
  const env: Record<string, string> = {}
  for (const name of os.getEnvKeys()) env[name] = os.getEnv(name) ?? ''
  return env
}
