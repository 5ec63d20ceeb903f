import os from 'bare-os'
import { spawnSync } from 'bare-subprocess'
import { type Test, skip, test } from 'brittle'
import { Program } from '../helpers/program.ts'

/** Whether a file system of any size can be had here. */
const able = os.platform() === 'linux' && run('unshare', '--mount', 'true')

/** A test that needs a disk of its own. */
export const diskTest = able ? test : skip

export interface Disk {
  folder: string
  /** Makes the disk as large as `bytes`. */
  resize(bytes: number): void
  /** Makes the disk one that can be read only. */
  forbidWrites(): void
}

/**
 * A folder with a file system of its own, of `size` bytes, that lives as long as `t`. It is mounted
 * for one process alone, so that nothing stays mounted whatever ends this one.
 */
export async function createDisk(t: Test, size: number): Promise<Disk> {
  const folder = await t.tmp()
  const mount = `mount -t tmpfs -o size=${size} tmpfs "$0" && exec cat`
  const holder = new Program(t, ['unshare', '--mount', 'sh', '-c', mount, folder])
  await holder.write('mounted\n')
  await holder.stdout.line('mounted')
  const remount = (option: string): void => {
    const command = ['mount', '-o', `remount,${option}`, folder]
    if (!run('nsenter', `--target=${holder.pid}`, '--mount', ...command)) {
      throw new Error(`${command.join(' ')} failed`)
    }
  }
  return {
    folder: `/proc/${holder.pid}/root${folder}`,
    resize: (bytes) => remount(`size=${bytes}`),
    forbidWrites: () => remount('ro')
  }
}

function run(file: string, ...args: string[]): boolean {
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0
}
