import fs from 'bare-fs'
import os from 'bare-os'
import type { Program } from './program.ts'

/** Only Linux tells about a process. */
const told = os.platform() === 'linux'
const TICKS_PER_SECOND = 100

/** The most memory that `program` ever had at once, in megabytes; 0 where nobody can tell. */
export function peakMemory(program: Program): number {
  return told ? (Number(/^\d+/.exec(statusOf(program, 'VmHWM'))?.[0]) * 1024) / 1e6 : 0
}

/** The processor time that `program` has used, in seconds; 0 where nobody can tell. */
export function processorTime({ pid }: Program): number {
  if (!told) return 0
  // what comes behind the name, which may hold anything, begins with the third field: proc_pid_stat(5)
  const stat = String(fs.readFileSync(`/proc/${pid}/stat`))
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** Resolves once no signal waits to be taken by `program`. */
export async function signalsTaken(program: Program): Promise<void> {
  const pending = (): boolean =>
    [statusOf(program, 'SigPnd'), statusOf(program, 'ShdPnd')].some((mask) => /[1-9a-f]/.test(mask))
  while (pending()) await new Promise<void>((resolve) => setImmediate(resolve))
}

/** Resolves once `program` catches the signal with this number, rather than be killed by it. */
export async function catches(program: Program, signal: number): Promise<void> {
  const bit = 1n << BigInt(signal - 1)
  while ((BigInt(`0x${statusOf(program, 'SigCgt')}`) & bit) === 0n) {
    await new Promise<void>((resolve) => setTimeout(resolve, 1))
  }
}

function statusOf({ pid }: Program, field: string): string {
  const status = String(fs.readFileSync(`/proc/${pid}/status`))
  const value = new RegExp(`^${field}:\\s+(.*)$`, 'm').exec(status)?.[1]
  if (value === undefined) throw new Error(`/proc/${pid}/status tells no ${field}`)
  return value
}
