import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { type Subprocess, spawn } from 'bare-subprocess'

/** A file that takes longer hangs. */
const LIMIT_MS = 900_000

export interface Result {
  passed: number
  failed: number
  skipped: number
  seconds: number
  output: string
}

let current: Subprocess | null = null

/**
 * Runs one test file, in a process group and with a folder for temporary files of its own. What is
 * left of either behind counts as a failure, and is removed.
 */
export async function runFile(file: string, root: string): Promise<Result> {
  const startedAt = Date.now()
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pear-broadcast-test-'))
  const child = spawn(os.execPath(), [file], {
    cwd: root,
    env: { ...environment(), TMPDIR: folder, TEMP: folder, TMP: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    // a group of its own
    detached: true
  })
  current = child
  const limit = setTimeout(() => endGroup(child), LIMIT_MS)
  const [stdout, stderr] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<void>((resolve) => child.on('exit', () => resolve()))
  ])
  clearTimeout(limit)
  current = null

  const faults: string[] = []
  const counts = countTests(stdout)
  if (endGroup(child)) faults.push('a process was left behind')
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

/** Ends what runs at present. */
export function endRunning(): void {
  if (current) endGroup(current)
}

/** Kills what is left of the group of `child`, which Windows has not; tells whether there was any. */
function endGroup({ pid }: Subprocess): boolean {
  try {
    os.kill(-pid, 'SIGKILL')
    return true
  } catch {
    return false
  }
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
