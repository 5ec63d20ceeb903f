// The members in use that the README of hypercore documents; the others are for shared/upstream alone
// to know. Delete when upstream ships types.
declare module 'hypercore' {
  import type { EventEmitter } from 'bare-events'
  import type { Duplex } from 'bare-stream'

  export interface Manifest {
    version: number
    signers: { publicKey: Uint8Array }[]
    userData?: Uint8Array | null
  }

  export interface KeyPair {
    publicKey: Uint8Array
    secretKey: Uint8Array | null
  }

  const peer: unique symbol

  /** One of `core.peers`; no member of it is documented. */
  export interface Peer {
    readonly [peer]: never
  }

  export interface Download {
    done(): Promise<boolean>
    destroy(): void
  }

  export interface Events {
    append: []
    download: [index: number]
    truncate: [ancestors: number, fork: number]
    close: []
    'peer-add': [peer: Peer]
    'peer-remove': [peer: Peer]
  }

  export interface Options {
    writable?: boolean
    inflightRange?: [number, number]
    keyPair?: KeyPair | null
    manifest?: Manifest
  }

  export class Hypercore extends EventEmitter<Events> {
    static MAX_SUGGESTED_BLOCK_SIZE: number
    static discoveryKey(key: Uint8Array): Uint8Array
    static blockEncryptionKey(key: Uint8Array, encryptionKey: Uint8Array): Uint8Array
    static defaultStorage(folder: string, opts?: object): unknown

    constructor(storage: unknown, key?: Uint8Array | null | Options, opts?: Options)

    readonly key: Uint8Array
    readonly discoveryKey: Uint8Array
    readonly keyPair: KeyPair | null
    readonly readable: boolean
    readonly writable: boolean
    readonly length: number
    readonly contiguousLength: number
    readonly byteLength: number
    readonly fork: number
    readonly peers: Peer[]

    ready(): Promise<void>
    close(): Promise<void>
    session(opts?: Options): Hypercore
    replicate(stream: Duplex | boolean): Duplex
    append(
      blocks: Uint8Array | Uint8Array[],
      opts?: { signature?: Uint8Array }
    ): Promise<{ length: number; byteLength: number }>
    get(index: number, opts?: { wait?: boolean }): Promise<Uint8Array | null>
    has(start: number, end?: number): Promise<boolean>
    clear(start: number, end?: number): Promise<void>
    update(opts?: { wait?: boolean; force?: boolean }): Promise<boolean>
    truncate(length: number, fork?: number): Promise<void>
    download(range: { start: number; end: number; linear?: boolean }): Download
    verifyFullyRemote(proof: object): Promise<{ length: number }>
    setUserData(key: string, value: Uint8Array): Promise<void>
    getUserData(key: string): Promise<Uint8Array | null>
  }

  export default Hypercore
}

declare module 'hypercore/messages' {
  import type { Encoder } from 'compact-encoding'

  export const wire: { data: Encoder<unknown> }
}
