/**
 * `count` lines that differ, the first of which is number `start`. Each has `padding` bytes beside
 * its number: enough to fill a block, a table, a pipe.
 */
export function numbered(count: number, start = 0, padding = 60): string[] {
  const rest = 'x'.repeat(padding)
  return Array.from({ length: count }, (_, i) => `line ${start + i} ${rest}`)
}

/** Blocks as the writer's stdin takes them. */
export function asInput(lines: string[]): string {
  return lines.map((line) => line + '\n').join('')
}
