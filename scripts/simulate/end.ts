import { NO_PATH } from '../../shared/feed/messages.ts'
import { ANSWER_MS } from '../../shared/limits/dead-connections.ts'
import type { CandidateState } from '../../shared/feed/source-policy.ts'
import type { Peer } from './peer.ts'

/** One end of a connection: what a peer knows of `peer`, which is at the other end. */
export class End implements CandidateState {
  readonly peer: Peer
  /** Whether we have dialled it. */
  readonly own: boolean
  other!: End
  open = true
  readonly metAt: number

  // what the peer has told
  hops = NO_PATH
  claimedLength = 0
  readonly claimedFork = 0
  followsUs = false
  /** When it was asked for what it claims, by Hypercore's own replication; Infinity while it is not. */
  askedAt = Infinity

  /** What was sent to it was sent again, and not acknowledged. */
  seemsDead = false
  /** It was asked for a sign of life, and has yet to give one. */
  isSilent = false
  askedForLifeAt = -Infinity
  silentSince = -Infinity

  /** Whether it counts as connected at `now`. */
  isLive(now: number): boolean {
    return !this.seemsDead && !(this.isSilent && now - this.silentSince >= ANSWER_MS)
  }

  // how it has served us
  retryAt = 0
  failures = 0

  // what it was told
  toldHops: number | null = null
  toldLength = 0
  toldAt = -Infinity
  telling = false

  private constructor(peer: Peer, own: boolean, metAt: number) {
    this.peer = peer
    this.metAt = metAt
    this.own = own
  }

  /** The two ends of a connection that `dialling` has opened to `dialled`: that of the first comes first. */
  static pair(dialling: Peer, dialled: Peer, now: number): [End, End] {
    const [mine, theirs] = [new End(dialled, true, now), new End(dialling, false, now)]
    mine.other = theirs
    theirs.other = mine
    return [mine, theirs]
  }
}
