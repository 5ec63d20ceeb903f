import b4a from 'b4a'
import Hypercore from 'hypercore'
import type { Test } from 'brittle'

/** A log of its own in a temporary folder, with `lines` in it. */
export async function createLog(t: Test, lines: string[] = []): Promise<Hypercore> {
  const core = new Hypercore(await t.tmp())
  await core.ready()
  t.teardown(() => core.close(), { force: true })
  if (lines.length > 0) await core.append(lines.map((line) => b4a.from(line)))
  return core
}

/** An empty copy of the log `origin`, which takes only what the writer has signed. */
export async function createCopy(t: Test, origin: Hypercore): Promise<Hypercore> {
  const core = new Hypercore(await t.tmp(), origin.key, { writable: false })
  await core.ready()
  t.teardown(() => core.close(), { force: true })
  return core
}
