// What tests use beside what the apps use: hostile peers and impostors speak for themselves, and go
// past the functions of shared/upstream. Delete when upstream ships types.
declare module 'hypercore' {
  import type { Channel, Protomux } from 'protomux'
  import type { Connection } from 'hyperswarm'

  interface Options {
    eagerUpgrade?: boolean
    keyPair?: KeyPair | null
  }

  interface Hypercore {
    clear(start: number, end: number): Promise<void>
  }

  interface Peer {
    core: { discoveryKey: Uint8Array }
    channel: Channel
    protomux: Protomux
    stream: Connection
    remotePublicKey: Uint8Array
    remoteContiguousLength: number
    wireData: { onmessage: (message: { request: number }) => unknown }
    wireRequest: {
      onmessage: (message: { id: number; block?: { index: number } | null }) => unknown
    }
    /** Messages received of a kind. */
    stats: { wireRange: { rx: number } }
  }
}
