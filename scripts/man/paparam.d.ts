// What only the man pages need of it. Delete when upstream ships types.
import 'paparam'

declare module 'paparam' {
  interface Help {
    name: string
    summary: string
    args: Record<string, string>
    flags: Record<string, string>
  }

  interface Command {
    helpJSON(): Help
  }
}
