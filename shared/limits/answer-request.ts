import type { Hypercore, Peer } from 'hypercore'
import { type Messages, NOT_AVAILABLE, sendMessage } from '../upstream/hypercore-messages.ts'
import { holdsPath } from '../upstream/hypercore-nodes.ts'

/**
 * Has `handle` answer what `peer` asks of the log `core`, unless that is a node of its tree which is not here:
 * over such a one Hypercore (11.37) ends the connection.
 */
export function answerRequest(
  core: Hypercore,
  peer: Peer,
  request: Messages['request'],
  handle: (request: Messages['request']) => unknown
): unknown {
  const { id, fork, hash } = request
  // what is asked of another log than ours is refused without a look at the disk
  if (hash === null || fork !== core.fork || hash.index >= 2 * core.length) return handle(request)
  return holdsPath(core, hash).then((holds) => {
    if (holds) return handle(request)
    sendMessage(peer, 'noData', { request: id, reason: NOT_AVAILABLE })
  })
}
