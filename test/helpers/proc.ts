import fs from 'bare-fs'
import os from 'bare-os'
import { skip, test } from 'brittle'
import type { Program } from './program.ts'

/** A test that asks the system about a process: only Linux tells. */
export const onLinux = os.platform() === 'linux' ? test : skip

/** The most memory that `program`, which is running, ever had at once, in megabytes. */
export function peakMemory(program: Program): number {
  return (Number(/^\d+/.exec(statusOf(program, 'VmHWM'))?.[0]) * 1024) / 1e6
}

/** Resolves once no signal waits to be taken by `program`. */
export async function signalsTaken(program: Program): Promise<void> {
  const pending = (): boolean =>
    [statusOf(program, 'SigPnd'), statusOf(program, 'ShdPnd')].some((mask) => /[1-9a-f]/.test(mask))
  while (pending()) await new Promise<void>((resolve) => setImmediate(resolve))
}

function statusOf({ pid }: Program, field: string): string {
  const status = String(fs.readFileSync(`/proc/${pid}/status`))
  const value = new RegExp(`^${field}:\\s+(.*)$`, 'm').exec(status)?.[1]
  if (value === undefined) throw new Error(`/proc/${pid}/status tells no ${field}`)
  return value
}
