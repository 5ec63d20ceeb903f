import os from 'bare-os'
import { spawnSync } from 'bare-subprocess'
import { type Test, skip, test } from 'brittle'

/** Whether a file system of any size can be had here. */
const able = os.platform() === 'linux' && run('unshare', '-m', 'true')

/** A test that needs a disk of its own. */
export const diskTest = able ? test : skip

const mounted = new Set<string>()
Bare.on('exit', () => mounted.forEach(unmount))

/** A folder with a file system of its own, of `size` bytes, that lives as long as `t`. */
export async function createDisk(t: Test, size: number): Promise<Disk> {
  const folder = await t.tmp()
  must('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder)
  mounted.add(folder)
  // after the programs that use it have been killed
  t.teardown(() => unmount(folder), { force: true, order: 1 })
  return {
    folder,
    resize(bytes) {
      must('mount', '-o', `remount,size=${bytes}`, folder)
    },
    forbidWrites() {
      must('mount', '-o', 'remount,ro', folder)
    }
  }
}

export interface Disk {
  folder: string
  /** Makes the disk as large as `bytes`. */
  resize(bytes: number): void
  /** Makes the disk one that can be read only. */
  forbidWrites(): void
}

function unmount(folder: string): void {
  mounted.delete(folder)
  must('umount', '-l', folder)
}

function run(file: string, ...args: string[]): boolean {
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0
}

function must(file: string, ...args: string[]): void {
  if (!run(file, ...args)) throw new Error(`${file} ${args.join(' ')} failed`)
}
