import { DONE } from '../errors.ts'
import { printTo } from './console.ts'
import { args, liesInApp } from './environment.ts'
import { handleErrors, reportTo, stop } from './lifecycle.ts'
import { type Status, type Telling, createStatus } from './status.ts'
import { writeOutput } from './stdout.ts'

/** What both apps can be asked for. */
interface CommonOptions extends Telling {
  /** What --help or --version asked for, to be printed in place of everything else. */
  text: string | null
  storage: string | undefined
}

/**
 * Begins the app called `name`: takes over its errors, which `inWords` makes a Failure where a person
 * can mend them, reads its arguments with `parse`, and answers --help and --version.
 */
export async function startApp<T extends CommonOptions>(
  name: string,
  parse: (argv: string[]) => T,
  inWords: (err: unknown) => unknown
): Promise<{ options: T; status: Status }> {
  handleErrors(inWords)
  // what is wrong with the arguments is told as they say, too
  reportTo(createStatus(name, { json: args.includes('--json'), quiet: true }))
  const options = parse(args)
  if (options.text !== null) {
    await writeOutput(options.text)
    await stop(DONE)
  }
  const status = createStatus(name, options)
  reportTo(status)
  printTo(status)
  if (options.storage !== undefined && liesInApp(options.storage)) {
    status.info(
      'this storage lies in the folder of the app, so what shares, replaces or deletes that takes the log along, key and all: a folder elsewhere is safer'
    )
  }
  return { options, status }
}
