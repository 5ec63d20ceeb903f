// Only the members in use. Delete when upstream ships types.
declare module 'protomux' {
  import type { Duplex } from 'bare-stream'
  import type { Encoder } from 'compact-encoding'

  interface Message<T> {
    send(value: T): boolean
  }

  interface Channel {
    opened: boolean
    closed: boolean
    open(handshake?: unknown): void
    close(): void
    addMessage<T>(opts: { encoding: Encoder<T>; onmessage?: (value: T) => unknown }): Message<T>
  }

  class Protomux {
    static from(stream: Duplex): Protomux

    readonly stream: Duplex
    createChannel<T>(opts: {
      protocol: string
      id: Uint8Array
      handshake?: Encoder<T>
      onopen?: (handshake: T) => void
      onclose?: () => void
    }): Channel | null
    pair(topic: { protocol: string; id: Uint8Array }, notify: () => void): void
    unpair(topic: { protocol: string; id: Uint8Array }): void
    opened(topic: { protocol: string; id: Uint8Array }): boolean
    cork(): void
    uncork(): void
    destroy(err?: Error): void
    _safeDestroy: (err: Error) => void
    _safeDestroyBound: (err: Error) => void
    _warn: (err: Error) => void
  }

  export default Protomux
  export type { Channel, Message }
}
