import fs from 'bare-fs'
import os from 'bare-os'
import { LeftOut } from './figure.ts'

/** Memory in MB that a process has now (`VmRSS`), or had at most so far (`VmHWM`). */
export function memoryOf(pid: number, which: 'VmRSS' | 'VmHWM'): number {
  if (os.platform() !== 'linux') throw new LeftOut('memory is read from /proc, for Linux only')
  const status = String(fs.readFileSync(`/proc/${pid}/status`))
  const [, kilobytes = ''] = new RegExp(`^${which}:\\s+(\\d+) kB`, 'm').exec(status) ?? []
  return Number(kilobytes) / 1024
}
