// Only the members in use. Delete when upstream ships types.
declare module 'paparam' {
  export interface Bail {
    reason: string
    flag: { name: string; long: boolean; value: string; inverse?: boolean } | null
    arg: { value: string } | null
  }

  export interface Command {
    name: string
    flags: Record<string, string | boolean | undefined>
    args: Record<string, string | undefined>
    parse(
      argv: string[],
      opts?: { silent?: boolean; run?: boolean; bails?: boolean }
    ): Command | null
    help(): string
    helpJSON(): Help
  }

  /** Arguments and flags as they were defined, each with its description. */
  export interface Help {
    name: string
    summary: string
    args: Record<string, string>
    flags: Record<string, string>
  }

  export function command(name: string, ...definitions: unknown[]): Command
  export function flag(spec: string, description: string): unknown
  export function arg(spec: string, description: string): unknown
  export function summary(text: string): unknown
  export function footer(text: string): unknown
  export function bail(onbail: (bail: Bail) => void): unknown
}
