import b4a from 'b4a'
import type { Connection } from 'hyperswarm'
import { seemsDead } from '../limits/dead-connections.ts'
import { payloadReceived } from '../upstream/hyperswarm-connection.ts'

/** A connection with a peer, as a person is told of it. */
export class PeerEntry {
  /** The key of the peer's swarm, in hex: another one each time that the peer is started. */
  readonly id: string
  readonly host: string
  /** Connections between the peer and the writer; undefined where it has not said. */
  hops: number | undefined
  /** Whether a person knows of it. */
  reported = false
  readonly #connection: Connection
  readonly #port: number
  /** Bytes that had come when another peer took the place of this one; null where none has. */
  #receivedBefore: number | null = null

  constructor(connection: Connection) {
    this.#connection = connection
    this.id = b4a.toString(connection.remotePublicKey, 'hex')
    this.host = connection.rawStream.remoteHost
    this.#port = connection.rawStream.remotePort
  }

  get isWriter(): boolean {
    return this.hops === 0
  }

  hasAddressOf(other: PeerEntry): boolean {
    return this.host === other.host && this.#port === other.#port
  }

  /**
   * Another peer has come in the place of this one: as the writer, or at its address. It is the same
   * app, started again, and this connection ends once it has timed out; or something comes from it.
   */
  replace(): void {
    this.#receivedBefore ??= payloadReceived(this.#connection)
  }

  /** Whether another peer is there in its place. */
  get isReplaced(): boolean {
    return this.#receivedBefore === payloadReceived(this.#connection)
  }

  /** Whether the peer is still at the other end, as far as can be told. */
  get isThere(): boolean {
    return !this.isReplaced && !seemsDead(this.#connection)
  }
}
