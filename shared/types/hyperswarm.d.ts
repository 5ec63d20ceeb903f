// The members in use that the packages document: hyperswarm in its README and at docs.pears.com, hyperdht
// in its README and in that of dht-rpc, a connection in those of @hyperswarm/secret-stream and udx-native.
// The others are for shared/upstream alone to know. Delete when upstream ships types.
declare module 'hyperswarm' {
  import type { EventEmitter } from 'bare-events'
  import type { Duplex } from 'bare-stream'
  import type DHT from 'hyperdht'

  export interface PeerInfo {
    ban(banned: boolean): void
  }

  export interface Connection extends Duplex {
    remotePublicKey: Uint8Array
    rawStream: { remoteHost: string; remotePort: number }
    sendKeepAlive(): void
    setKeepAlive(ms: number): void
  }

  export interface Discovery {
    flushed(): Promise<void>
    refresh(opts?: { client?: boolean; server?: boolean }): Promise<void>
  }

  export interface Events {
    connection: [connection: Connection, info: PeerInfo]
    update: []
  }

  export interface Options {
    dht?: DHT
  }

  export class Hyperswarm extends EventEmitter<Events> {
    constructor(opts?: Options)

    readonly dht: DHT
    readonly connections: Set<Connection>
    readonly connecting: number
    readonly peers: Map<string, PeerInfo>

    join(topic: Uint8Array, opts?: { server?: boolean; client?: boolean }): Discovery
    flush(): Promise<boolean>
    destroy(opts?: { force?: boolean }): Promise<void>
  }

  export default Hyperswarm
}

declare module 'hyperdht' {
  import type { EventEmitter } from 'bare-events'

  export interface Events {
    'network-change': []
    close: []
  }

  export interface Options {
    bootstrap?: (string | { host: string; port: number })[]
  }

  export class HyperDHT extends EventEmitter<Events> {
    constructor(opts?: Options)

    fullyBootstrapped(): Promise<void>
    toArray(opts?: { limit?: number }): { host: string; port: number }[]
    destroy(opts?: { force?: boolean }): Promise<void>
  }

  export default HyperDHT
}
