import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { type Subprocess, spawn } from 'bare-subprocess'
import { leftovers } from './leftovers.ts'
import { FILE_MS } from './limits.ts'

/** How long a killed process may take to be gone, in milliseconds. */
const GONE_MS = 10_000

export interface Result {
  passed: number
  failed: number
  skipped: number
  seconds: number
  output: string
}

interface Run {
  child: Subprocess
  /** For its temporary files. */
  folder: string
  /** Resolves once its processes and its folder are gone. */
  over: Promise<unknown>
}

const running = new Set<Run>()

/**
 * Runs one test file, in a process group and with a folder for temporary files of its own. What is
 * left of either behind counts as a failure, and is removed.
 */
export async function runFile(file: string, root: string): Promise<Result> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pear-broadcast-test-'))
  const child = spawn(os.execPath(), [file], {
    cwd: root,
    env: { ...environment(), TMPDIR: folder, TEMP: folder, TMP: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    // a group of its own
    detached: true
  })
  const result = resultOf(child, folder)
  const run = { child, folder, over: result }
  running.add(run)
  try {
    return await result
  } finally {
    running.delete(run)
  }
}

/** Kills what runs at present; resolves once nothing of it is left. */
export async function endRunning(): Promise<void> {
  for (const { child, folder } of running) kill(child.pid, folder)
  await Promise.all([...running].map(({ over }) => over))
}

async function resultOf(child: Subprocess, folder: string): Promise<Result> {
  const startedAt = Date.now()
  const limit = setTimeout(() => kill(child.pid, folder), FILE_MS)
  const [stdout, stderr] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<void>((resolve) => child.on('exit', () => resolve()))
  ])
  clearTimeout(limit)

  const faults: string[] = []
  const counts = countTests(stdout)
  if (kill(child.pid, folder)) faults.push('a process was left behind')
  await end(child, folder)
  const files = fs.readdirSync(folder)
  fs.rmSync(folder, { recursive: true })
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
async function end({ pid }: Subprocess, folder: string): Promise<void> {
  for (const startedAt = Date.now(); Date.now() - startedAt < GONE_MS; ) {
    if (!kill(pid, folder)) return
    await new Promise<void>((resolve) => setTimeout(resolve, 10))
  }
}

/** Kills what is left of the group `group` and in `folder`; tells whether there was anything. */
function kill(group: number, folder: string): boolean {
  const left = leftovers(group, folder)
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

async function textOf(stream: AsyncIterable<unknown> | null): Promise<string> {
  let text = ''
  for await (const chunk of stream ?? []) text += String(chunk)
  return text
}

function environment(): Record<string, string> {
  const env: Record<string, string> = {}
  for (const name of os.getEnvKeys()) env[name] = os.getEnv(name) ?? ''
  return env
}
