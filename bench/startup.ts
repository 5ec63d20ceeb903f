import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { now } from './harness/clock.ts'
import { type Figure, LeftOut, type Result } from './harness/figure.ts'
import { alternate } from './harness/measure.ts'
import { type Network, bare, loopback } from './harness/network.ts'
import { withKey } from './harness/pair.ts'
import { Program } from './harness/program.ts'
import { scoped } from './harness/scope.ts'

const ROOT = path.join(import.meta.dirname, '..')

/** The writer as an executable, which `npm run make` builds, against `bare <folder>`. */
export const executables: Figure = {
  name: 'executables',
  about: 'an executable against bare <folder>: start-up and size',
  measure: ({ rounds }) =>
    scoped(async (scope) => {
      const executable = findExecutable()
      const network = await loopback(scope)
      const temporary = scope.folder()
      await timeToKey(network, [executable], temporary)
      const times = await alternate(rounds, {
        // the very first start has the native addons to unpack as well
        first: () => scoped((round) => timeToKey(network, [executable], round.folder())),
        executable: () => timeToKey(network, [executable], temporary),
        folder: () => timeToKey(network, bare('writer-app'), temporary)
      })
      return [
        startUp(
          'executable-start-up',
          'exec of an executable to the writer’s key',
          times.executable
        ),
        startUp('executable-first-start', 'the same at its very first start', times.first),
        {
          name: 'executable-size',
          title: 'size of one executable',
          unit: 'MB',
          pair: [megabytes(executable)],
          baselines: { 'Bare itself': [megabytes(os.execPath())] }
        }
      ]

      function startUp(name: string, title: string, pair: number[]): Result {
        return { name, title, unit: 'ms', pair, baselines: { 'bare writer-app': times.folder } }
      }
    })
}

function findExecutable(): string {
  const name = os.platform() === 'win32' ? 'writer-app.exe' : 'writer-app'
  const file = path.join(ROOT, 'out', `${os.platform()}-${os.arch()}`, name)
  if (!fs.existsSync(file)) throw new LeftOut('the executables are not built (npm run make)')
  return file
}

function timeToKey({ bootstrap }: Network, command: string[], temporary: string): Promise<number> {
  return scoped(async (scope) => {
    const flags = ['--json', '--no-lan', '--bootstrap', bootstrap, '--storage', scope.folder()]
    const unpackTo = ['env', `TMPDIR=${temporary}`]
    const program = new Program(scope, 'writer-app', [...unpackTo, ...command, ...flags], {
      text: true
    })
    await withKey(program)
    return now() - program.startedAt
  })
}

function megabytes(file: string): number {
  return fs.statSync(file).size / 1e6
}
