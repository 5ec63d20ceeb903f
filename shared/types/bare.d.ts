// Globals of Bare whose type packages do not come with it; only what is in use.
declare interface Timer {
  unref(): void
}

declare function setTimeout(callback: () => void, ms: number): Timer
declare function clearTimeout(timer: Timer): void
declare function setInterval(callback: () => void, ms: number): Timer
declare function clearInterval(timer: Timer): void

interface ImportMeta {
  readonly url: string
}
