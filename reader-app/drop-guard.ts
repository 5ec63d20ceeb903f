const LEFT_ALONE =
  'the writer rewound its log while this copy was away, and no peer can tell any more how much of it stands: it is left as it is; follow the log as it is now from another folder with --storage'

/**
 * Says whether blocks may be dropped of which no peer can tell any more whether they stand. Where they are `needed`
 * they stay, and the copy with them, which is told once, by `tell`.
 */
export function dropGuard(needed: () => boolean, tell: (text: string) => void): () => boolean {
  let told = false
  return () => {
    if (!needed()) return true
    if (!told) tell(LEFT_ALONE)
    told = true
    return false
  }
}
