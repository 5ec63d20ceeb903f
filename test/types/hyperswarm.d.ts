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
  interface Options {
    host?: string
    port?: number
    ephemeral?: boolean
    firewalled?: boolean
  }

  interface HyperDHT {
    address(): { host: string; port: number }
    addNode(node: { host: string; port: number }): void
    announce(topic: Uint8Array, keyPair: object): { finished(): Promise<void> }
    refresh(): void
    ping(node: { host: string; port: number }): Promise<object>
    lookup(topic: Uint8Array): AsyncIterable<{ peers: { publicKey: Uint8Array }[] }>
    findPeer(publicKey: Uint8Array): AsyncIterable<{ peer: object | null }>
  }

  namespace HyperDHT {
    function bootstrapper(port: number, host: string): HyperDHT
    function keyPair(seed: Uint8Array): object
  }
}

declare module 'hyperdht/testnet' {
  interface Testnet {
    bootstrap: { host: string; port: number }[]
    destroy(): Promise<void>
  }

  export default function createTestnet(size?: number): Promise<Testnet>
}
