import type { Test } from 'brittle'
import {
  INSTALLED,
  type Members,
  type Package,
  missingMembers
} from '../../shared/upstream/members.ts'

/** Names an installed package for the title of a test, so that what fails says which version failed. */
export function installed(from: Package): string {
  return `${from} ${INSTALLED[from]}`
}

/** Fails with one line for each of `members` that `object`, of the package `from`, lacks. */
export function hasMembers(t: Test, from: Package, object: object, members: Members): void {
  const missing = missingMembers(from, object, members)
  for (const line of missing) t.fail(line)
  if (missing.length === 0) t.pass(`${installed(from)} has ${Object.keys(members).join(', ')}`)
}
