import b4a from 'b4a'
import type Hyperswarm from 'hyperswarm'

const POLL_MS = 20

/** Resolves once the peer of `publicKey`, which did not answer, waits to be dialled again. */
export async function untilQueued(swarm: Hyperswarm, publicKey: Uint8Array): Promise<void> {
  const info = swarm.peers.get(b4a.toString(publicKey, 'hex')) as { queued?: boolean } | undefined
  if (info === undefined) throw new Error('the swarm knows no such peer')
  while (info.queued !== true) await new Promise<void>((resolve) => setTimeout(resolve, POLL_MS))
}
