import process from 'bare-process'
import { spawnSync } from 'bare-subprocess'
import { LeftOut } from './figure.ts'
import type { Scope } from './scope.ts'

let count = 0

/**
 * Makes a network namespace with nothing in it but its loopback, and returns its name. Throws LeftOut
 * where this machine does not let us.
 */
export function addNamespace(scope: Scope): string {
  const name = `pear-bench-${process.pid}-${++count}`
  run('ip', 'netns', 'add', name)
  scope.defer(() => run('ip', 'netns', 'delete', name))
  ip(name, 'link set lo up')
  return name
}

/** What runs a command in `namespace`. */
export function within(namespace: string): string[] {
  return ['ip', 'netns', 'exec', namespace]
}

/** Runs `ip` on the links of `namespace`. */
export function ip(namespace: string, args: string): void {
  run('ip', '-n', namespace, ...args.split(' '))
}

/** Runs a tool. Throws LeftOut, with what it says, where that does not work here. */
export function run(command = '', ...args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args)
  if (status === 0) return
  const why = error?.message ?? String(stderr ?? '').trim()
  const line = [command, ...args].join(' ')
  throw new LeftOut(`needs Linux with network namespaces, root, ip and cc: ${line}: ${why}`)
}
