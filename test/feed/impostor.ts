import type { Hypercore, Manifest, Peer } from 'hypercore'
import type { Message } from 'protomux'
import type { Proof } from '../../shared/upstream/hypercore-proof.ts'
import * as wire from '../../shared/feed/messages.ts'

/** What an impostor may say to the peer that has subscribed. */
interface Voice {
  status: Message<wire.Status>
  begin: Message<wire.Begin>
  batch: Message<wire.Batch>
  refuse: Message<wire.Refuse>
  /** Everything that `say` sends arrives in one piece. */
  atOnce(say: () => void): void
}

/** What an impostor answers to a subscription. */
export type Answer = (voice: Voice, id: number) => void

/** A proof of nothing but who the writer is. */
export function proofOf(manifest: Manifest | null): Proof {
  return { fork: 0, block: null, hash: null, seek: null, upgrade: null, manifest }
}

/** Speaks the feed beside `core` as a script says, and claims to be so far from the writer; 0 is the writer. */
export function impersonate(core: Hypercore, answer: Answer, hops = 0): Promise<void> {
  return new Promise((onsubscribed) => {
    core.on('peer-add', (peer: Peer) => {
      const channel = peer.protomux.createChannel({
        protocol: wire.PROTOCOL,
        id: core.discoveryKey,
        onopen: () => status.send({ hops })
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
      const begin = channel.addMessage({ encoding: wire.begin })
      const batch = channel.addMessage({ encoding: wire.batch })
      channel.addMessage({ encoding: wire.ack })
      const refuse = channel.addMessage({ encoding: wire.refuse })
      const voice: Voice = {
        status,
        begin,
        batch,
        refuse,
        atOnce(say) {
          peer.protomux.cork()
          say()
          peer.protomux.uncork()
        }
      }
      channel.open()
    })
  })
}
