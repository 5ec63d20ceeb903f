// What strangers need of Hypercore's insides. Delete when upstream ships types.
declare module 'hypercore/lib/caps.js' {
  const caps: {
    replicate(isInitiator: boolean, key: Uint8Array, handshakeHash: Uint8Array): Uint8Array
  }
  export default caps
}
