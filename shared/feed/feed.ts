import type { Hypercore, Peer } from 'hypercore'
import { now } from '../limits/clock.ts'
import { onManifest } from '../upstream/hypercore-replicator.ts'
import type { FeedPeer } from './candidate.ts'
import type { FollowerEvents } from './events.ts'
import { Follower } from './follower.ts'
import type { OwnKeeping } from './keeping.ts'
import type { Link } from './link.ts'
import { openLinks } from './links.ts'
import { rememberLog } from './memory.ts'
import { ReaderKeeping } from './reader-keeping.ts'
import type { SignedBlocks } from './recent-batches.ts'
import { RivalCheck } from './rival-check.ts'
import { RivalRelay } from './rival-relay.ts'
import type { FoundRival } from './rivals.ts'
import { SignatureAnswers } from './signature-answer.ts'
import { SignatureSearch } from './signature-search.ts'
import type { Start } from './start.ts'
import { Verifier } from './verifier.ts'
import { WriterKeeping } from './writer-keeping.ts'

/** The feed of the writer's own log. */
export interface ServedFeed {
  /** A writer follows no peer. */
  readonly source: null
  /** Every peer that it is served to. */
  readonly links: Iterable<FeedPeer>
  /** Blocks before this one the writer let go of in an earlier run, by what peers have passed on. */
  readonly letGo: number
  /** Takes what the log has just grown by, before `append` is told: peers get it from memory. */
  remember(batch: SignedBlocks): void
  /** Tells other writers of the log, from now on, that this one appends. */
  begin(): void
  close(): void
}

/** What is told of the feed of the writer's own log. */
interface ServedFeedEvents {
  /** Another process has proven that it writes the log. */
  onrival(rival: FoundRival): void
  /** The log can't be read. */
  onerror(err: unknown): void
}

/** The feed of a log that is another's: it is followed, and served on. */
export interface FollowedFeed {
  /** Every peer that it is served to, or may be followed at. */
  readonly links: Iterable<FeedPeer>
  /** The peer that is followed at present. */
  readonly source: Peer | null
  /** Connections between this peer and the writer; NO_PATH where there is no path. */
  readonly hops: number
  /** Whether all blocks that are known to exist may be expected from the feed alone. */
  readonly suffices: boolean
  /** Leaves out, from now on, only what lies before block `position`. */
  startAt(position: number): void
  /** The first block that the writer keeps on `fork`, by its word; 0 where it has yet to say. */
  keptOn(fork: number): number
  /** Follows a peer without a path to the writer too. */
  acceptAnySource(): void
  /** Resolves once nothing more is stored. */
  close(): Promise<void>
}

/**
 * Serves the writer's log beside `core.replicate(connection)`, to every peer that Hypercore's
 * replication has let in: its handshake proves that the peer holds the key.
 */
export function serveFeed(
  core: Hypercore,
  events: ServedFeedEvents,
  own: OwnKeeping | null = null
): ServedFeed {
  const rivals = new RivalCheck(core, (rival) => events.onrival(rival))
  const keeping = new WriterKeeping(core, own)
  const memory = rememberLog(core, keeping)
  const { history, recent } = memory
  const begin = (): void => history.begin(core.length, now())
  begin()
  core.on('append', () => history.record(core.length, now()))
  core.on('truncate', begin)
  const onerror = (err: unknown): void => events.onerror(err)
  const answers = new SignatureAnswers(core, memory.signedLengths, onerror)
  const context = {
    core,
    follower: null,
    rivals,
    keeping,
    answers,
    signatures: null,
    onchange() {}
  }
  const links = openLinks(context, memory, onerror)
  core.on('truncate', () => links.takeWords())
  return {
    source: null,
    get links() {
      return links.all
    },
    get letGo() {
      return keeping.letGo
    },
    begin() {
      // what readers gave back was there before
      begin()
      rivals.begin()
    },
    remember: (batch) => recent.add(batch),
    close: () => links.close()
  }
}

/** Follows a log from where `start` says, and serves it to others in the same way. */
export function followFeed(
  core: Hypercore,
  start: Start,
  events: FollowerEvents,
  own: OwnKeeping | null = null
): FollowedFeed {
  const keeping = new ReaderKeeping(core, own)
  const memory = rememberLog(core, keeping)
  // how the log came to be longer again is not told
  core.on('truncate', (common) => {
    memory.history.begin(common, now())
    memory.history.record(core.length, now())
  })
  const follower = new Follower(core, new Verifier(core, memory), start, events)
  const rivals = new RivalRelay(() => links.all)
  const onerror = (err: unknown): void => events.onerror(err)
  const answers = new SignatureAnswers(core, memory.signedLengths, onerror)
  const signatures = new SignatureSearch<Link>(core, memory.signedLengths, {
    peers: () => [...links.all].filter((link) => link.opened),
    onerror
  })
  const onchange = (): void => events.onchange()
  const context = { core, follower, rivals, keeping, answers, signatures, onchange }
  const links = openLinks(context, memory, onerror)
  const takeWords = (): void => links.takeWords()
  onManifest(core, takeWords)
  core.on('truncate', takeWords)
  keeping.onword = () => {
    follower.onkept()
    events.onkept(keeping.kept)
  }
  return {
    get links() {
      return links.all
    },
    get source() {
      return follower.source
    },
    get hops() {
      return follower.hops
    },
    get suffices() {
      return links.opening || (follower.source !== null && !follower.contested)
    },
    startAt: (position) => follower.startAt(position),
    keptOn: (fork) => keeping.keptOn(fork),
    acceptAnySource: () => follower.acceptAnySource(),
    async close() {
      // first, so that no source is taken in the place of one whose link is closed
      const closed = follower.close()
      signatures.close()
      links.close()
      await closed
      await memory.signedLengths.settled()
    }
  }
}
