// Only the members in use. Delete when upstream ships types.
declare module 'hyperswarm' {
  import type { EventEmitter } from 'bare-events'
  import type { Duplex } from 'bare-stream'
  import type DHT from 'hyperdht'

  interface PeerInfo {
    publicKey: Uint8Array
    topics: Uint8Array[]
    client: boolean
    ban(banned: boolean): void
  }

  interface Connection extends Duplex {
    isInitiator: boolean
    remotePublicKey: Uint8Array
    rawStream: { remoteHost: string; remotePort: number; rtt: number; rtoCount: number }
    destroyed: boolean
    _writableState: { buffered: number }
    setKeepAlive(ms: number): void
    sendKeepAlive(): void
  }

  interface Discovery {
    flushed(): Promise<void>
    refresh(opts?: { client?: boolean; server?: boolean }): Promise<void>
    destroy(): Promise<void>
  }

  interface Events {
    connection: [connection: Connection, info: PeerInfo]
    update: []
    ban: [info: PeerInfo, err: Error]
  }

  class Hyperswarm extends EventEmitter<Events> {
    constructor(opts?: {
      dht?: DHT
      maxPeers?: number
      maxParallel?: number
      maxServerConnections?: number
      firewall?: (remotePublicKey: Uint8Array) => boolean
    })

    readonly keyPair: { publicKey: Uint8Array; secretKey: Uint8Array }
    readonly dht: DHT
    readonly connections: Set<Connection>
    readonly connecting: number
    readonly peers: Map<string, PeerInfo>
    readonly destroyed: boolean
    readonly _allConnections: { get(publicKey: Uint8Array): Connection | undefined }

    join(topic: Uint8Array, opts?: { server?: boolean; client?: boolean }): Discovery
    leave(topic: Uint8Array): Promise<void>
    flush(): Promise<boolean>
    listen(): Promise<void>
    destroy(opts?: { force?: boolean }): Promise<void>
    _handlePeer(
      peer: { publicKey: Uint8Array; relayAddresses: { host: string; port: number }[] },
      topic: Uint8Array
    ): void
  }

  export default Hyperswarm
  export type { Connection, Discovery, PeerInfo }
}

declare module 'hyperdht' {
  import type { EventEmitter } from 'bare-events'

  interface Events {
    'network-change': []
    'network-update': []
    'add-node': []
    'remove-node': []
    ready: []
    close: []
  }

  class HyperDHT extends EventEmitter<Events> {
    static BOOTSTRAP: (string | { host: string; port: number })[]

    constructor(opts?: {
      bootstrap?: (string | { host: string; port: number })[]
      host?: string
      port?: number
      ephemeral?: boolean
      firewalled?: boolean
    })

    readonly bootstrapped: boolean
    readonly bootstrapNodes: { host: string; port: number }[]
    readonly nodes: { length: number }
    readonly online: boolean
    readonly port: number
    readonly host: string
    readonly udx: {
      networkInterfaces(): { name: string; host: string; family: number; internal: boolean }[]
    }

    address(): { host: string; port: number }
    localAddress(): { host: string; port: number } | null
    bind(): Promise<void>
    fullyBootstrapped(): Promise<void>
    toArray(opts?: { limit?: number }): { host: string; port: number }[]
    refresh(): void
    destroy(opts?: { force?: boolean }): Promise<void>
  }

  export default HyperDHT
}

declare module 'hyperdht/testnet' {
  import type DHT from 'hyperdht'

  interface Testnet {
    nodes: DHT[]
    bootstrap: { host: string; port: number }[]
    destroy(): Promise<void>
  }

  export default function createTestnet(size?: number): Promise<Testnet>
  export type { Testnet }
}
