// What hostile peers use beside what the apps use. Delete when upstream ships types.
declare module 'protomux' {
  interface Channel {
    messages: Message<unknown>[]
  }
}
