import fs from 'bare-fs'
import os from 'bare-os'
import type { Program } from '../helpers/program.ts'

/** Only Linux tells what a process has cost. */
const told = os.platform() === 'linux'
const TICKS_PER_SECOND = 100

/** The most memory that `program` ever had, in megabytes; 0 where nobody can tell. */
export function peakMemory({ pid }: Program): number {
  if (!told) return 0
  const status = String(fs.readFileSync(`/proc/${pid}/status`))
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024
}

/** The processor time that `program` has used, in seconds; 0 where nobody can tell. */
export function processorTime({ pid }: Program): number {
  if (!told) return 0
  // what comes behind the name, which may hold anything, begins with the third field
  const fields =
    String(fs.readFileSync(`/proc/${pid}/stat`))
      .split(') ')
      .pop()
      ?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}
