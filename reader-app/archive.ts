const KEPT_APART =
  'the writer rewound its log while this copy was away, and no peer can tell any more how much of it stands: it is left as it is; seed the log as it is now from another folder with --storage'

/**
 * Says whether blocks may be dropped of which no peer can tell any more whether they stand. A copy that is to hold
 * every block keeps them, which is told once, by `tell`; what else is read was printed, or is printed anew.
 */
export function dropGuard(holdsAll: boolean, tell: (text: string) => void): () => boolean {
  let told = false
  return () => {
    if (holdsAll && !told) tell(KEPT_APART)
    told = true
    return !holdsAll
  }
}
