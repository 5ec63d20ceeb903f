// Only the members in use. Delete when upstream ships types.
declare module 'pear-state' {
  interface Options {
    dir: string
    link: string
    flags: { store: string; dev: boolean }
    args: string[]
    run: boolean
  }

  class State {
    static build(state: State): Promise<unknown>
    static configFrom(state: State): object

    constructor(opts: Options)

    readonly entry: string
    update(members: object): void
  }

  export default State
}

declare module 'pear-api' {
  import type State from 'pear-state'

  class API {
    constructor(ipc: { ref(): void; unref(): void }, state: State)

    exit(code: number): void
  }

  export default API
}
