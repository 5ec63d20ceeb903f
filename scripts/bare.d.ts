// Bare tells a module loaded from disk where it lies. Delete when Bare's own types say so.
interface ImportMeta {
  readonly dirname: string
}
