// What tests call beside what the apps call. Delete when upstream ships types.
declare module 'hypercore' {
  interface Hypercore {
    clear(start: number, end: number): Promise<void>
  }

  interface Peer {
    core: { discoveryKey: Uint8Array }
    /** Messages received of a kind. */
    stats: { wireRange: { rx: number } }
  }
}
