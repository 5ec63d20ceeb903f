// Only the members in use. Delete each when upstream ships types.
declare module 'hypercore-id-encoding' {
  const id: { decode(key: string): Uint8Array }
  export default id
}

declare module 'fs-native-extensions' {
  const fsx: { tryLock(fd: number, options?: { shared: boolean }): boolean }
  export default fsx
}

declare module 'z32' {
  const z32: { encode(bytes: Uint8Array): string; decode(text: string): Uint8Array }
  export default z32
}

declare module 'sodium-universal' {
  const sodium: {
    crypto_generichash(output: Uint8Array, input: Uint8Array, key?: Uint8Array): void
    crypto_secretbox_easy(
      output: Uint8Array,
      message: Uint8Array,
      nonce: Uint8Array,
      key: Uint8Array
    ): void
    crypto_secretbox_open_easy(
      output: Uint8Array,
      box: Uint8Array,
      nonce: Uint8Array,
      key: Uint8Array
    ): boolean
    crypto_sign_keypair(publicKey: Uint8Array, secretKey: Uint8Array): void
    crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void
    crypto_sign_verify_detached(
      signature: Uint8Array,
      message: Uint8Array,
      publicKey: Uint8Array
    ): boolean
    crypto_stream_xor(
      output: Uint8Array,
      input: Uint8Array,
      nonce: Uint8Array,
      key: Uint8Array
    ): void
    randombytes_buf(output: Uint8Array): void
    crypto_secretbox_KEYBYTES: number
    crypto_secretbox_MACBYTES: number
    crypto_secretbox_NONCEBYTES: number
    crypto_sign_BYTES: number
    crypto_sign_PUBLICKEYBYTES: number
    crypto_sign_SECRETKEYBYTES: number
    crypto_stream_NONCEBYTES: number
  }
  export default sodium
}
