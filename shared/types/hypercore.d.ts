// Only the members in use. Delete when upstream ships types.
declare module 'hypercore' {
  import type { EventEmitter } from 'bare-events'
  import type Protomux from 'protomux'
  import type { Channel } from 'protomux'
  import type { Duplex } from 'bare-stream'

  interface Node {
    index: number
    size: number
    hash: Uint8Array
  }

  interface Upgrade {
    start: number
    length: number
    nodes: Node[]
    additionalNodes: Node[]
    signature: Uint8Array
  }

  interface Manifest {
    version: number
    signers: { publicKey: Uint8Array }[]
  }

  interface KeyPair {
    publicKey: Uint8Array
    secretKey: Uint8Array | null
  }

  interface Proof {
    fork: number
    block: null
    hash: null
    seek: null
    upgrade: Upgrade | null
    manifest: Manifest | null
  }

  interface ReadBatch {
    getBlock(index: number): Promise<Uint8Array | null>
    getTreeNode(index: number): Promise<Node | null>
    tryFlush(): void
  }

  interface TreeBatch {
    fork: number
    length: number
    roots: Node[]
    signature: Uint8Array | null
    session: unknown
    restore(length: number): Promise<TreeBatch>
    proof(
      rx: ReadBatch,
      request: { block: null; hash: null; seek: null; upgrade: { start: number; length: number } }
    ): Promise<{ settle(): Promise<Proof> }>
  }

  interface SessionState {
    length: number
    fork: number
    byteLength: number
    roots: Node[]
    signature: Uint8Array | null
    storage: { read(): ReadBatch }
    createTreeBatch(): TreeBatch
  }

  interface RemoteBitfield {
    get(index: number): boolean
    findFirst(value: boolean, start: number): number
    setRange(start: number, end: number, value: boolean): void
  }

  interface Incoming<T> {
    onmessage: (message: T, channel: unknown) => unknown
  }

  interface Sync {
    fork: number
    length: number
  }

  interface Range {
    start: number
    length: number
    drop: boolean
  }

  interface Outgoing<T> {
    send: (message: T) => unknown
  }

  interface Peer {
    protomux: Protomux
    stream: Duplex
    remotePublicKey: Uint8Array
    remoteOpened: boolean
    remoteSynced: boolean
    remoteLength: number
    remoteFork: number
    remoteHasManifest: boolean
    remoteContiguousLength: number
    remoteBitfield: RemoteBitfield
    inflight: number
    paused: boolean
    channel: Channel
    remoteRequests: Map<number, unknown>
    wireSync: Incoming<Sync> & Outgoing<Sync>
    wireRequest: Incoming<{ id: number }>
    wireCancel: Incoming<{ request: number }>
    wireData: Incoming<{ request: number; fork: number }>
    wireNoData: Incoming<unknown>
    wireWant: Incoming<unknown> & Outgoing<{ start: number; length: number; any: boolean }>
    wireUnwant: Incoming<unknown>
    wireBitfield: Incoming<{ start: number; bitfield: Uint32Array }>
    wireRange: Incoming<Range> & Outgoing<Range>
    wireExtension: Incoming<unknown>
  }

  interface RocksDB {
    readonly path: string
    currentWalFile(): Promise<{ path: string; number: number }>
  }

  interface Core {
    state: SessionState
    header: { manifest: Manifest | null; keyPair: KeyPair | null }
    verifier: {
      sign(batch: TreeBatch, keyPair: KeyPair): Uint8Array
      verify(batch: TreeBatch, signature: Uint8Array): boolean
    } | null
    replicator: { eagerUpgrade: boolean; peers: Peer[] }
    bitfield: { firstUnset(start: number): number }
    storage: { store: { rocks: RocksDB } }
    setManifest(manifest: Manifest): Promise<void>
  }

  interface Download {
    done(): Promise<boolean>
    destroy(): void
  }

  interface Events {
    append: []
    download: [seq: number]
    truncate: [length: number, fork: number]
    close: []
    conflict: [length: number, fork: number]
    'peer-add': [peer: Peer]
    'peer-remove': [peer: Peer]
    'verification-error': [err: Error, request: unknown, response: unknown, from: Peer]
  }

  class Hypercore extends EventEmitter<Events> {
    static MAX_SUGGESTED_BLOCK_SIZE: number
    static discoveryKey(key: Uint8Array): Uint8Array
    static defaultStorage(
      folder: string,
      opts?: { writeBufferSize?: number; blobGarbageCollectionAgeCutOff?: number }
    ): unknown

    constructor(
      storage: unknown,
      key?: Uint8Array | null | object,
      opts?: { writable?: boolean; eagerUpgrade?: boolean; inflightRange?: [number, number] }
    )

    readonly key: Uint8Array
    readonly discoveryKey: Uint8Array
    readonly keyPair: KeyPair | null
    readonly manifest: Manifest | null
    readonly writable: boolean
    readonly length: number
    readonly contiguousLength: number
    readonly byteLength: number
    readonly fork: number
    readonly peers: Peer[]
    readonly closing: Promise<void> | null
    readonly core: Core

    ready(): Promise<void>
    close(): Promise<void>
    session(opts?: { writable?: boolean }): Hypercore
    replicate(stream: Duplex | boolean): Duplex
    append(
      blocks: Uint8Array | Uint8Array[],
      opts?: { signature?: Uint8Array }
    ): Promise<{ length: number; byteLength: number }>
    get(index: number, opts?: { wait?: boolean }): Promise<Uint8Array | null>
    has(start: number, end?: number): Promise<boolean>
    update(opts?: { wait?: boolean; force?: boolean }): Promise<boolean>
    truncate(length: number, fork?: number): Promise<void>
    download(range: { start: number; end: number; linear?: boolean }): Download
    applyProof(proof: Proof): Promise<boolean>
    verifyFullyRemote(proof: object): Promise<object>
    findingPeers(): () => void
    setUserData(key: string, value: Uint8Array): Promise<void>
    getUserData(key: string): Promise<Uint8Array | null>
  }

  export default Hypercore
  export type {
    Download,
    Hypercore,
    Incoming,
    KeyPair,
    Manifest,
    Peer,
    Proof,
    Range,
    Sync,
    Upgrade
  }
}

declare module 'hypercore/messages' {
  import type { Encoder } from 'compact-encoding'
  import type { Proof } from 'hypercore'

  export const wire: { data: Encoder<Proof & { request: number }> }
}
