import fs from 'bare-fs'
import os from 'bare-os'

/**
 * What is alive of a test file that leads the process group `group` and has `folder` for its
 * temporary files: its group, which Windows has not, and on Linux also what has left the group and
 * knows the folder. Each number is one that `kill` takes.
 */
export function leftovers(group: number, folder: string): number[] {
  if (os.platform() !== 'linux') return isThere(-group) ? [-group] : []
  return fs
    .readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && (groupOf(pid) === group || hasTemporaryFilesIn(folder, pid)))
}

function isThere(target: number): boolean {
  try {
    os.kill(target, 0)
    return true
  } catch {
    return false
  }
}

// what comes behind the name, which may hold anything, begins with the third field: proc_pid_stat(5)
function groupOf(pid: number): number | null {
  const stat = told(pid, 'stat')
  const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // a zombie is dead, though its parent has not noticed
  return state === 'Z' ? null : Number(group)
}

function hasTemporaryFilesIn(folder: string, pid: number): boolean {
  return told(pid, 'environ')
    .split('\0')
    .some((entry) => entry === `TMPDIR=${folder}` || entry.startsWith(`TMPDIR=${folder}/`))
}

/** What /proc tells of a process: nothing where it has ended or belongs to another user. */
function told(pid: number, what: string): string {
  try {
    return String(fs.readFileSync(`/proc/${pid}/${what}`))
  } catch {
    return ''
  }
}
