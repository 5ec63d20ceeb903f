import type { Test } from 'brittle'
import type { Program } from './program.ts'

/** The lines that the reader prints for `lines`, the first of which is block `start`. */
export function printed(lines: string[], start = 0): string[] {
  return lines.map((line, i) => `Block ${start + i}: ${line}`)
}

/** The number of each block that `reader` has printed so far. */
export function seqsOf({ stdout }: Program): number[] {
  return stdout.lines.flatMap((line) => {
    const seq = /^Block (\d+): /.exec(line)?.[1]
    return seq === undefined ? [] : [Number(seq)]
  })
}

/** Waits until `reader` has printed block `seq`. */
export async function untilBlock({ stdout }: Program, seq: number): Promise<void> {
  await stdout.line((line) => line.startsWith(`Block ${seq}: `))
}

/** Says where `reader` has printed anything but `lines`, in their order, from block `start` on. */
export function printsExactly(t: Test, { stdout }: Program, lines: string[], start = 0): void {
  const actual = stdout.lines.filter((line) => line.startsWith('Block '))
  const expected = printed(lines, start)
  const wrong = expected.findIndex((line, i) => line !== actual[i])
  const told = wrong === -1 ? '' : `: ${actual[wrong]} where ${expected[wrong]} belongs`
  t.is(wrong, -1, `every block in its place${told}`)
  t.is(actual.length, expected.length, 'and none besides')
}
