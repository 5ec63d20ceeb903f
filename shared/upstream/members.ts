import hypercore from 'hypercore/package.json' with { type: 'json' }
import hyperdht from 'hyperdht/package.json' with { type: 'json' }
import hyperswarm from 'hyperswarm/package.json' with { type: 'json' }
import protomux from 'protomux/package.json' with { type: 'json' }
import { Failure } from '../errors.ts'

/** The installed versions of the packages whose undocumented members are used in this folder. */
export const INSTALLED = {
  hypercore: hypercore.version,
  hyperdht: hyperdht.version,
  hyperswarm: hyperswarm.version,
  protomux: protomux.version
}

export type Package = keyof typeof INSTALLED

/** Members as paths that begin with a name for the object itself, and what `typeof` says of each. */
export type Members = Readonly<Record<string, 'boolean' | 'function' | 'number' | 'object'>>

/**
 * What `from`, the package of `object`, no longer has of `members`: a line for each, which names the
 * package, its version and the member.
 */
export function missingMembers(from: Package, object: object, members: Members): string[] {
  return Object.entries(members)
    .filter(([path, type]) => typeof memberAt(object, path) !== type)
    .map(([path, type]) => `${from} ${INSTALLED[from]} has no ${type} ${path}`)
}

/** Objects that have the members that they were looked at for. */
const whole = new WeakMap<Members, WeakSet<object>>()

/**
 * Throws a Failure that names the first of `members` that `object` lacks. Looks only once: some is asked for
 * each peer, many times a second.
 */
export function assertMembers(from: Package, object: object, members: Members): void {
  const objects = whole.get(members) ?? new WeakSet()
  if (objects.has(object)) return
  const [first] = missingMembers(from, object, members)
  if (first !== undefined) {
    throw new Failure(
      `${first}, which this app relies on: install the version that package.json names`
    )
  }
  whole.set(members, objects.add(object))
}

function memberAt(object: object, path: string): unknown {
  let value: unknown = object
  for (const name of path.split('.').slice(1)) {
    if (typeof value !== 'object' && typeof value !== 'function') return undefined
    if (value === null) return undefined
    value = Reflect.get(value, name)
  }
  return value
}
