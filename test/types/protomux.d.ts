// What tests use beside what the apps use. Delete when upstream ships types.
declare module 'protomux' {
  interface Channel {
    messages: Message<unknown>[]
  }

  interface Protomux {
    pair(topic: { protocol: string; id: Uint8Array }, notify: () => void): void
  }
}
