// What Bare has and its type packages do not name; only what is in use.
interface ImportMeta {
  readonly dirname: string
}

declare function setImmediate(callback: () => void): unknown
