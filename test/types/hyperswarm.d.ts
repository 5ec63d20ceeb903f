// What tests and benchmarks use beside what the apps use. Delete when upstream ships types.
declare module 'hyperswarm' {
  interface Connection {
    isInitiator: boolean
  }

  interface Events {
    update: []
  }

  interface Hyperswarm {
    listen(): Promise<void>
    _handlePeer(
      peer: { publicKey: Uint8Array; relayAddresses: { host: string; port: number }[] },
      topic: Uint8Array
    ): void
  }
}

declare module 'hyperdht' {
  import type { Connection } from 'hyperswarm'

  interface Address {
    host: string
    port: number
  }

  interface KeyPair {
    publicKey: Uint8Array
    secretKey: Uint8Array
  }

  interface Server {
    publicKey: Uint8Array
    relayAddresses: Address[]
    listen(): Promise<void>
    close(): Promise<void>
  }

  interface Options {
    host?: string
    port?: number
    ephemeral?: boolean
    firewalled?: boolean
  }

  interface HyperDHT {
    address(): Address
    addNode(node: Address): void
    announce(topic: Uint8Array, keyPair: KeyPair): { finished(): Promise<void> }
    connect(
      publicKey: Uint8Array,
      opts?: { keyPair?: KeyPair; relayAddresses?: Address[] }
    ): Connection
    createServer(onconnection?: (connection: Connection) => void): Server
    refresh(): void
    ping(node: Address): Promise<object>
    lookup(topic: Uint8Array): AsyncIterable<{ peers: { publicKey: Uint8Array }[] }>
    findPeer(
      publicKey: Uint8Array,
      opts?: { nodes?: Address[]; session?: object }
    ): AsyncIterable<{ peer: object | null }>
  }

  namespace HyperDHT {
    function bootstrapper(port: number, host: string): HyperDHT
    function keyPair(seed?: Uint8Array): KeyPair
  }
}

declare module 'hyperdht/testnet' {
  interface Testnet {
    bootstrap: { host: string; port: number }[]
    destroy(): Promise<void>
  }

  export default function createTestnet(size?: number): Promise<Testnet>
}
