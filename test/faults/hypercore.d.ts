// What hostile peers use beside what the apps use. Delete when upstream ships types.
declare module 'hypercore' {
  interface Peer {
    core: { discoveryKey: Uint8Array }
  }
}
