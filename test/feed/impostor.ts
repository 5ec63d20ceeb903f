import type { Hypercore, Manifest, Peer } from 'hypercore'
import type { Message } from 'protomux'
import type { Proof } from '../../shared/upstream/hypercore-proof.ts'
import * as wire from '../../shared/feed/messages.ts'

/** What an impostor may say to the peer that has subscribed. */
interface Voice {
  status: Message<wire.Status>
  begin: Message<wire.Begin>
  batch: Message<wire.Batch>
  /** Everything that `say` sends arrives in one piece. */
  atOnce(say: () => void): void
}

/** What an impostor answers to a subscription. */
export type Answer = (voice: Voice, id: number) => void

/** A proof of nothing but who the writer is. */
export function proofOf(manifest: Manifest | null): Proof {
  return { fork: 0, block: null, hash: null, seek: null, upgrade: null, manifest }
}

/** Speaks the feed beside `core` as a script says, and claims to be the writer. */
export function impersonate(core: Hypercore, answer: Answer): Promise<void> {
  return new Promise((onsubscribed) => {
    core.on('peer-add', (peer: Peer) => {
      const channel = peer.protomux.createChannel({
        protocol: wire.PROTOCOL,
        id: core.discoveryKey,
        onopen: () => status.send({ hops: 0 })
      })
      if (channel === null) throw new Error('the channel is open already')
      const status = channel.addMessage({ encoding: wire.status })
      channel.addMessage({
        encoding: wire.subscribe,
        onmessage(message) {
          if (message === wire.UNSUBSCRIBE) return
          answer(voice, message.id)
          onsubscribed()
        }
      })
      const voice: Voice = {
        status,
        begin: channel.addMessage({ encoding: wire.begin }),
        batch: channel.addMessage({ encoding: wire.batch }),
        atOnce(say) {
          peer.protomux.cork()
          say()
          peer.protomux.uncork()
        }
      }
      channel.addMessage({ encoding: wire.ack })
      channel.addMessage({ encoding: wire.refuse })
      channel.open()
    })
  })
}
