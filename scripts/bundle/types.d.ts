// Only the members in use. Delete each when upstream ships types that load under `nodenext`.
declare module 'bare-pack' {
  import type Bundle from 'bare-bundle'

  interface Options {
    hosts: string[]
    /** Specifiers that are left for the run time, as `deferred:<specifier>`. */
    defer: string[]
    resolve: unknown
  }

  export default function pack(
    entry: URL,
    options: Options,
    readModule: (url: URL) => Promise<Uint8Array | string | null>,
    listPrefix: unknown
  ): Promise<Bundle>
}

declare module 'bare-pack/fs' {
  export function readModule(url: URL): Promise<Uint8Array | null>
  export const listPrefix: unknown
}

declare module 'bare-module-traverse' {
  const traverse: { resolve: { bare: unknown } }
  export default traverse
}
