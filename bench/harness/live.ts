import { after, now } from '../../shared/limits/clock.ts'
import { chunksOfLines, line } from './lines.ts'
import type { Program } from './program.ts'
import { LINE_BYTES } from './sizes.ts'

const LINE = LINE_BYTES + 1

/** Two programs that are connected: each line that is written to `from` comes out of `to`. */
export interface Live {
  from: Program
  to: Program
}

/** How many lines a second go through when as many are written as are taken. */
export async function pipeRate({ from, to }: Live, lines: number): Promise<number> {
  const startedAt = now()
  const [arrivedAt] = await Promise.all([
    to.received(to.bytes + lines * LINE),
    from.write(chunksOfLines(lines, LINE_BYTES))
  ])
  return (lines * 1000) / (arrivedAt - startedAt)
}

/** How many milliseconds each of `lines` takes when they are typed one by one, `pauseMs` apart. */
export async function lineDelays(
  { from, to }: Live,
  lines: number,
  pauseMs: number
): Promise<number[]> {
  const delays: number[] = []
  const typed = line(LINE_BYTES)
  for (let count = 0; count < lines; count++) {
    await after(pauseMs)
    const typedAt = now()
    const [arrivedAt] = await Promise.all([to.received(to.bytes + LINE), from.write([typed])])
    delays.push(arrivedAt - typedAt)
  }
  return delays
}

/** Types one line and waits for it, so that whatever is made on first use has been made. */
export async function warmUp(live: Live): Promise<void> {
  await lineDelays(live, 1, 0)
}
