import b4a from 'b4a'
import Bundle from 'bare-bundle'
import fs from 'bare-fs'
import path from 'bare-path'
import { spawnSync } from 'bare-subprocess'

const BARE_BUILD = path.join(import.meta.dirname, 'node_modules', 'bare-build')
const SPACE = 32
const START = path.join(import.meta.dirname, 'start.cjs')
/** The module of the runtime that starts an app. */
const MAIN = '/lib/runtime.js'
/** What the header of the runtime's own modules, a bundle, begins with. */
const HEADER = `\n{"version":0,"id":null,"main":"${MAIN}"`
const NEWLINE = 10
/** What only people read of a package.json, and the run time does not. */
const WORDS = [
  'author',
  'bugs',
  'description',
  'devDependencies',
  'homepage',
  'repository',
  'scripts'
]

/** The file of bare-build's runtime for `host`, such as `linux-x64`; null where it has none. */
export function findRuntime(host: string): string | null {
  const name = host.startsWith('win32-') ? 'bare.exe' : 'bare'
  const file = path.join(BARE_BUILD, 'prebuilds', host, name)
  return fs.existsSync(file) ? file : null
}

/** Copies the runtime in `file`, which is for `host`, to `copy`: without its symbols, a fifth of it. */
export function copyStripped(file: string, copy: string, host: string): void {
  fs.copyFileSync(file, copy)
  // those for Windows and macOS have few, and on macOS a signature
  if (!host.startsWith('linux-')) return
  try {
    // where it does not know the host's files it changes nothing
    spawnSync('strip', [copy], { stdio: 'ignore' })
  } catch {
    // no strip is installed
  }
}

/**
 * The bytes of the runtime in `file`, with our start in place of its own. Its modules lie in it as a
 * bundle of a fixed length; what a package.json says to people makes room for more.
 */
export function withOurStart(file: string): Uint8Array {
  const runtime = read(file)
  const header = b4a.indexOf(runtime, b4a.from(HEADER))
  if (header === -1) {
    throw new Error(`${file} does not begin with ${MAIN}: is scripts/make/start.cjs due?`)
  }
  // the length of the header comes before it
  const { byteLength } = runtime.subarray(header, runtime.indexOf(NEWLINE, header + 1) + 1)
  const begin = header - String(byteLength).length
  const modules = Bundle.from(Buffer.from(runtime.subarray(begin)))
  const end = [...modules.keys()].reduce(
    (sum, key) => sum + modules.read(key).byteLength,
    header + byteLength
  )

  for (const key of modules.keys()) {
    if (key.endsWith('/package.json')) {
      modules.write(key, withoutWords(b4a.toString(modules.read(key))))
    }
  }
  modules.write(MAIN, b4a.toString(read(START)))
  const ours = modules.toBuffer()
  if (ours.byteLength > end - begin) {
    throw new Error(`${START} is ${ours.byteLength - (end - begin)} bytes too long`)
  }
  runtime.fill(SPACE, begin, end)
  runtime.set(ours, begin)
  return runtime
}

function read(file: string): Uint8Array {
  return fs.readFileSync(file) as Uint8Array
}

function withoutWords(manifest: string): string {
  const members = Object.entries(JSON.parse(manifest) as Record<string, unknown>)
  return JSON.stringify(Object.fromEntries(members.filter(([name]) => !WORDS.includes(name))))
}
