import type { Test } from 'brittle'
import type { Hypercore, Peer } from 'hypercore'
import { type Receivers, interceptReceived } from '../../shared/upstream/hypercore-messages.ts'
import { setEagerUpgrade } from '../../shared/upstream/hypercore-replicator.ts'
import { connect } from '../helpers/connect.ts'
import { createCopy, createLog } from '../helpers/cores.ts'

/** A log on disk and a copy of it on disk, which replicate over one stream. */
export interface Pair {
  log: Hypercore
  copy: Hypercore
  /** The copy, as the log sees it. */
  reader: Peer
  /** The log, as the copy sees it. */
  source: Peer
}

/** What each side does with the messages of the other; the rest goes to Hypercore. */
interface Listeners {
  atLog?: Partial<Receivers>
  atCopy?: Partial<Receivers>
}

/** A pair whose log holds `lines`; the copy holds none, and takes no more than it is told to. */
export async function createPair(
  t: Test,
  lines: string[],
  { atLog, atCopy }: Listeners = {}
): Promise<Pair> {
  const log = await createLog(t, lines)
  const copy = await createCopy(t, log)
  setEagerUpgrade(copy, false)
  const [reader, source] = [nextPeer(log, atLog), nextPeer(copy, atCopy)]
  connect(t, log, copy)
  return { log, copy, reader: await reader, source: await source }
}

/** Resolves to the next peer of `core`, which is listened to from its first message on. */
function nextPeer(core: Hypercore, receivers?: Partial<Receivers>): Promise<Peer> {
  return new Promise((resolve) => {
    core.once('peer-add', (peer) => {
      if (receivers) interceptReceived(peer, { ...PASSING, ...receivers })
      resolve(peer)
    })
  })
}

/** Hands every message on to Hypercore. */
export const PASSING: Receivers = {
  sync: (message, handle) => handle(message),
  request: (message, handle) => handle(message),
  cancel: (message, handle) => handle(message),
  data: (message, handle) => handle(message),
  noData: (message, handle) => handle(message),
  want: (message, handle) => handle(message),
  unwant: (message, handle) => handle(message),
  bitfield: (message, handle) => handle(message),
  range: (message, handle) => handle(message),
  extension: (message, handle) => handle(message)
}
