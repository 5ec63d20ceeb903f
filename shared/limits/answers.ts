import type { Hypercore, Peer } from 'hypercore'
import {
  type Messages,
  type Receiver,
  NOT_AVAILABLE,
  sendMessage
} from '../upstream/hypercore-messages.ts'
import { holdsPath } from '../upstream/hypercore-nodes.ts'
import { refuseWhilePaused } from '../upstream/hypercore-peer.ts'

/**
 * Has Hypercore answer what `peer` asks of the log `core`, and refuses what Hypercore (11.37) would end the
 * connection over: a node of the tree that is not here, or, once it has paused the peer, anything that is not.
 */
export function answersTo(core: Hypercore, peer: Peer): Receiver<Messages['request']> {
  refuseWhilePaused(peer)
  return (request, handle) => {
    const { id, fork, hash } = request
    // what is asked of another log than ours is refused without a look at the disk
    if (hash === null || fork !== core.fork || hash.index >= 2 * core.length) return handle(request)
    return holdsPath(core, hash).then((holds) => {
      if (holds) return handle(request)
      sendMessage(peer, 'noData', { request: id, reason: NOT_AVAILABLE })
    })
  }
}
