// Only the members in use. Delete when upstream ships types.
declare module 'bare-build' {
  interface Options {
    name: string
    version: string
    description: string
    base: string
    hosts: string[]
    out: string
    standalone: true
    runtime: { prebuilds: Record<string, () => string> }
  }

  /** Yields the path of every file that it has built. */
  export default function build(entry: string, opts: Options): AsyncGenerator<string>
}

declare module 'bare-build/package' {
  const pkg: { version: string }
  export default pkg
}
