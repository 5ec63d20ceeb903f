import fs from 'bare-fs'
import os from 'bare-os'
import { LeftOut } from './figure.ts'

/** What /proc counts processor time in, a second: the same on all Linux systems. */
const TICKS = 100

/** Microseconds of processor time that a process has taken so far, with all its threads. */
export function processorTime({ pid }: { pid: number }): number {
  if (os.platform() !== 'linux') throw new LeftOut('processor time is read from /proc, on Linux')
  const stat = String(fs.readFileSync(`/proc/${pid}/stat`))
  // the name of the program, in brackets, may hold spaces; user and system time are fields 14 and 15
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / TICKS
}
