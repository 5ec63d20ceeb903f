// Delete when upstream's own types know that a file descriptor may stand for a stream.
import type { IO, SpawnOptions, Subprocess } from 'bare-subprocess'

declare module 'bare-subprocess' {
  export function spawn(
    file: string,
    args: string[],
    opts: Omit<SpawnOptions, 'stdio'> & { stdio: (IO | number)[] }
  ): Subprocess
}
