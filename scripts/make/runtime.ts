import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'

const BARE_BUILD = path.join(import.meta.dirname, 'node_modules', 'bare-build')
const SPACE = 32
const START = path.join(import.meta.dirname, 'start.cjs')

/** The file of bare-build's runtime for `host`, such as `linux-x64`; null where it has none. */
export function findRuntime(host: string): string | null {
  const name = host.startsWith('win32-') ? 'bare.exe' : 'bare'
  const file = path.join(BARE_BUILD, 'prebuilds', host, name)
  return fs.existsSync(file) ? file : null
}

/**
 * The bytes of the runtime in `file`, with our start in place of its own: the source of a module
 * lies in it as plain text, so that a text of the same length can take its place.
 */
export function withOurStart(file: string): Uint8Array {
  const runtime = read(file)
  const theirs = read(path.join(BARE_BUILD, 'lib', 'runtime.js'))
  const ours = b4a.from(compact(b4a.toString(read(START))))
  const at = b4a.indexOf(runtime, theirs)
  if (at === -1) {
    throw new Error(`${file} does not begin as ${BARE_BUILD} says: is scripts/make/start.cjs due?`)
  }
  if (ours.byteLength > theirs.byteLength) {
    throw new Error(`${START} is ${ours.byteLength - theirs.byteLength} bytes too long`)
  }
  runtime.fill(SPACE, at, at + theirs.byteLength)
  runtime.set(ours, at)
  return runtime
}

function read(file: string): Uint8Array {
  return fs.readFileSync(file) as Uint8Array
}

// what a reader of the source needs and the machine does not
function compact(source: string): string {
  return source
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('//'))
    .join('\n')
}
