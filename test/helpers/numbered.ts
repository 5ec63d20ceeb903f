/** `count` lines that differ, the first of which is number `start`. */
export function numbered(count: number, start = 0): string[] {
  return Array.from({ length: count }, (_, i) => `line ${start + i} ${'x'.repeat(60)}`)
}

/** Blocks as the writer's stdin takes them. */
export function asInput(lines: string[]): string {
  return lines.map((line) => line + '\n').join('')
}
