import fs from 'bare-fs'
import os from 'bare-os'
import { LeftOut } from './figure.ts'

/** Bytes that a process has had written to disks so far, with all its threads. */
export function bytesWritten({ pid }: { pid: number }): number {
  if (os.platform() !== 'linux') throw new LeftOut('what is written is read from /proc, on Linux')
  const [, bytes = ''] =
    /^write_bytes: (\d+)$/m.exec(String(fs.readFileSync(`/proc/${pid}/io`))) ?? []
  return Number(bytes)
}
