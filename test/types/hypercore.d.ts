// What tests use beside what the apps use: hostile peers and impostors speak for themselves, and go
// past the functions of shared/upstream. Delete when upstream ships types.
declare module 'hypercore' {
  import type { Channel, Protomux } from 'protomux'
  import type { Connection } from 'hyperswarm'

  interface Options {
    eagerUpgrade?: boolean
    keyPair?: KeyPair | null
  }

  interface Wire<T> {
    onmessage: (message: T, channel?: unknown) => unknown
    send: (message: T) => unknown
  }

  interface Hypercore {
    clear(start: number, end: number): Promise<void>
    readonly manifest: Manifest | null
    readonly core: {
      state: {
        signature: Uint8Array | null
        createTreeBatch(): { restore(length: number): Promise<object> }
      }
      verifier: { sign(batch: object, keyPair: KeyPair): Uint8Array } | null
      setManifest(manifest: Manifest): Promise<void>
    }
    applyProof(proof: object): Promise<boolean>
  }

  interface Peer {
    core: { discoveryKey: Uint8Array }
    channel: Channel
    protomux: Protomux
    stream: Connection
    remotePublicKey: Uint8Array
    remoteSynced: boolean
    remoteLength: number
    remoteFork: number
    wireSync: Wire<{
      fork: number
      length: number
      remoteLength: number
      canUpgrade: boolean
      uploading: boolean
      downloading: boolean
      hasManifest: boolean
      allowPush: boolean
    }>
    wireRange: Wire<{ start: number; length: number; drop: boolean }>
    remoteContiguousLength: number
    wireData: { onmessage: (message: { request: number }) => unknown }
    wireRequest: {
      onmessage: (message: { id: number; block?: { index: number } | null }) => unknown
    }
    /** Messages received of a kind. */
    stats: { wireRange: { rx: number } }
  }
}
