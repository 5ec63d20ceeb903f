import type { Peer } from 'hypercore'
import { BatchReader } from './batch-reader.ts'
import { FeedChannel } from './channel.ts'
import { Link, type LinkContext } from './link.ts'
import type { LogMemory } from './memory.ts'
import { Sender, type SenderChannel } from './sender.ts'

/** The feed of one log with all its peers. */
export interface Links {
  readonly all: Iterable<Link>
  /** Whether some peer has yet to say whether it speaks the feed. */
  readonly opening: boolean
  /** Takes the word of the writer from those that passed it on too early. */
  takeWords(): void
  close(): void
}

/** Opens the feed with every peer of the log, from now on, and tells each when the log has changed. */
export function openLinks(
  context: LinkContext,
  memory: LogMemory,
  onerror: (err: unknown) => void
): Links {
  const { core } = context
  const reader = new BatchReader(core, memory)
  const links = new Map<Peer, Link>()

  const open = (peer: Peer): void => {
    const channel = FeedChannel.create(core, peer)
    if (channel === null) return
    // a peer that asks for what has gone is told so before the answer
    const tell = (): void => links.get(peer)?.sendKept()
    const answers: SenderChannel = {
      begin: (message) => (tell(), channel.begin(message)),
      batch: (message) => channel.batch(message),
      refuse: (message) => (tell(), channel.refuse(message))
    }
    const sender = new Sender(core, memory, reader, answers, onerror)
    const link = new Link(peer, channel, sender, context, () => {
      if (links.get(peer) === link) links.delete(peer)
    })
    links.set(peer, link)
  }
  const close = (peer: Peer): void => links.get(peer)?.close()
  const pump = (): void => links.forEach((link) => link.pump())
  const refuse = (): void => links.forEach((link) => link.refuse())

  core.on('peer-add', open)
  core.on('peer-remove', close)
  core.on('append', pump)
  memory.recent.onadded = pump
  core.on('truncate', refuse)
  memory.keeping.ontell = () => links.forEach((link) => link.sendKept())

  return {
    get all() {
      return links.values()
    },
    get opening() {
      return [...links.values()].some((link) => link.opening)
    },
    takeWords: () => links.forEach((link) => link.takeWord()),
    close() {
      memory.keeping.close()
      core.off('peer-add', open)
      core.off('peer-remove', close)
      core.off('append', pump)
      core.off('truncate', refuse)
      links.forEach((link) => link.close())
    }
  }
}
