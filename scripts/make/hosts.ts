import os from 'bare-os'
import { ERROR, Failure, USAGE } from '../../shared/errors.ts'
import { findRuntime } from './runtime.ts'

/** The hosts, platform and processor, that Bare and its native addons are published for. */
export const HOSTS = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm64',
  'linux-x64',
  'win32-arm64',
  'win32-x64'
]

/** This machine. */
export const HERE = `${os.platform()}-${os.arch()}`

/** The runtime for `host`, as a file. Throws a Failure that says why an executable cannot be built. */
export function runtimeFor(host: string): string {
  if (!HOSTS.includes(host)) {
    throw new Failure(`'${host}' is none of ${HOSTS.join(', ')}`, USAGE)
  }
  const runtime = findRuntime(host)
  if (runtime === null) {
    const others = HOSTS.filter((other) => findRuntime(other) !== null)
    throw new Failure(
      `the installed bare-build has no runtime for ${host}, only for ${others.join(', ') || 'none'}`,
      ERROR
    )
  }
  // macOS starts no executable on arm64 that is not signed, if only by its builder
  if (host.startsWith('darwin-') && os.platform() !== 'darwin') {
    throw new Failure(
      `an executable for ${host} is signed with codesign, which comes with macOS: make it on a Mac`
    )
  }
  return runtime
}
