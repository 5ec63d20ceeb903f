import { now } from '../shared/app/schedule.ts'

const LEFT_ALONE =
  'the writer rewound its log while this copy was away, and no peer can tell any more which of its blocks stand: it stays as it is; read the log as it is now into another folder with --storage'
/** What is about to be printed is not told of. */
const HINT_MS = 10_000

/**
 * Returns what says whether the blocks from `start` to before `end` may be dropped, of which no peer can tell any
 * more whether they stand. As long as they are `needed` they stay, and the copy stays on its fork; `tell` tells a
 * person so, once.
 */
export function dropGuard(
  needed: (start: number, end: number) => boolean,
  tell: (text: string) => void,
  clock = now
): (start: number, end: number) => boolean {
  let since: number | null = null
  let told = false
  return (start, end) => {
    if (!needed(start, end)) {
      since = null
      return true
    }
    since ??= clock()
    if (!told && clock() - since >= HINT_MS) {
      told = true
      tell(LEFT_ALONE)
    }
    return false
  }
}
