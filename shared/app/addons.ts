import { Failure, causeOf, messageOf } from '../errors.ts'

/** How the system's loader names a library that it does not find, or cannot read. */
const LIBRARY = /\b(lib[\w+-]+)\.so\.(\d+): (?:cannot open|file too short|invalid ELF)/
/** What it says of a file that lies where nothing may be run. */
const NOT_RUN = /^(.+): failed to map segment/

/**
 * What keeps a native addon from being loaded, as a Failure where a person can mend it; everything else
 * as it is. It is called before any addon is loaded, so it needs none.
 */
export function addonFailure(err: unknown): unknown {
  const reason = messageOf(causeOf(err))
  const [, library, version] = LIBRARY.exec(reason) ?? []
  if (library !== undefined) {
    const debian = `${library.replaceAll('_', '-')}${version}`
    return new Failure(
      `this system has no ${library}.so.${version}, which the app needs: install it, on Debian and Ubuntu with apt-get install ${debian}`
    )
  }
  const [, file] = NOT_RUN.exec(reason) ?? []
  if (file !== undefined) {
    return new Failure(
      `${file} may not be run, its file system is mounted noexec: run the app from another one, or an executable with TMPDIR on one`
    )
  }
  return err
}
