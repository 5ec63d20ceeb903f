import type { Test } from 'brittle'
import type { Hypercore } from 'hypercore'

/** Replicates `one` and `other` over a stream within this process; returns what parts them. */
export function connect(t: Test, one: Hypercore, other: Hypercore): () => void {
  const [near, far] = [one.replicate(true), other.replicate(false)]
  near.pipe(far).pipe(near)
  t.teardown(() => near.destroy(), { order: -1, force: true })
  return () => near.destroy()
}
