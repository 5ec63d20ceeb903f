// What the guide's code calls beside what this pair calls. Delete when upstream ships types.
declare const console: { log(text: string): void }

declare module 'hypercore' {
  interface Hypercore {
    createReadStream(range: { start: number; live: boolean }): AsyncIterable<Uint8Array>
  }
}
