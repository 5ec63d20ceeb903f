// The members in use that the README of protomux documents; the others are for shared/upstream alone to
// know. Delete when upstream ships types.
declare module 'protomux' {
  import type { Duplex } from 'bare-stream'
  import type { Encoder } from 'compact-encoding'

  export interface Message<T> {
    send(value: T): boolean
  }

  export interface Channel {
    open(handshake?: unknown): void
    close(): void
    addMessage<T>(opts: { encoding: Encoder<T>; onmessage?: (value: T) => unknown }): Message<T>
  }

  export class Protomux {
    static from(stream: Duplex): Protomux

    createChannel<T>(opts: {
      protocol: string
      id: Uint8Array
      handshake?: Encoder<T>
      onopen?: (handshake: T) => void
      onclose?: () => void
    }): Channel | null
    cork(): void
    uncork(): void
  }

  export default Protomux
}
