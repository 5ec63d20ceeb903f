import b4a from 'b4a'
import type Bundle from 'bare-bundle'
import fs from 'bare-fs'
import lex from 'bare-module-lexer'
import path from 'bare-path'

/** What a module imports, by specifier: a file of the bundle, or one for each condition. */
type Imports = { [specifier: string]: string | Imports }

interface Module {
  key: string
  source: string
  imports: Imports
  kind: 'esm' | 'cjs' | 'json'
}

/** The modules of an app in two scripts. */
export interface Linked {
  /** What `app.cjs` is: the modules that every start needs. */
  app: string
  /** What `later.cjs` is, beside it: all others. */
  later: string
}

/** The module that loads the native addons at run time: it is in none of the scripts. */
export const ADDON_LOADER = 'addon-loader'

const LINKER = String(fs.readFileSync(path.join(import.meta.dirname, 'linker.cjs')))

/**
 * Makes the modules of `packed` functions in two scripts. `asScript` returns the ES module with this key as
 * a CommonJS module.
 */
export function link(packed: Bundle, asScript: (key: string) => string): Linked {
  const modules = new Map([...packed.keys()].map((key) => [key, moduleOf(packed, key)]))
  const main = packed.main ?? ''
  const first = reach(modules, main, { later: false })
  const all = reach(modules, main, { later: true })
  const table = tableOf((key) => first.has(key))
  return {
    app: `${LINKER}\nexports.main = ${JSON.stringify(main)}\nObject.assign(modules, ${table})\n`,
    later: `module.exports = ${tableOf((key) => all.has(key) && !first.has(key))}\n`
  }

  function tableOf(isWanted: (key: string) => boolean): string {
    const wanted = [...modules.values()].filter(({ key }) => isWanted(key))
    return `{\n${wanted.map(entryOf).join(',\n')}\n}`
  }

  // V8 compiles a function in brackets at once, which each will be called; any other it reads twice
  function entryOf({ key, source, imports, kind }: Module): string {
    const text = kind === 'esm' ? asScript(key).replaceAll('import.meta', 'module') : source
    const body = inAscii(kind === 'json' ? `module.exports = ${text}` : text)
    // the main module awaits
    const run = `${key === main ? 'async ' : ''}function (require, module, exports) {${body}\n}`
    return `${JSON.stringify(key)}: [(${run}), ${JSON.stringify(imports)}]`
  }
}

function moduleOf(bundle: Bundle, key: string): Module {
  const { '#package': manifest, ...imports } =
    (bundle.resolutions as Record<string, Imports>)[key] ?? {}
  const source = b4a.toString(bundle.read(key))
  if (key.endsWith('.json')) return { key, source, imports, kind: 'json' }
  const info = typeof manifest === 'string' ? b4a.toString(bundle.read(manifest)) : '{}'
  const { type } = JSON.parse(info) as { type?: string }
  const isModule = key.endsWith('.mjs') || (key.endsWith('.js') && type === 'module')
  return { key, source, imports, kind: isModule ? 'esm' : 'cjs' }
}

/** The modules that `main` imports, and so on; with `later` those of `import()`, too. */
function reach(modules: Map<string, Module>, main: string, { later }: { later: boolean }) {
  const reached = new Set<string>()
  for (const queue = [main]; queue.length > 0; ) {
    const module = modules.get(queue.pop() ?? '')
    if (module === undefined || reached.has(module.key)) continue
    reached.add(module.key)
    const dynamic = later || module.kind !== 'esm' ? new Set() : dynamicIn(module.source)
    for (const [specifier, to] of Object.entries(module.imports)) {
      if (!dynamic.has(specifier)) queue.push(...targets(to))
    }
  }
  return reached
}

function dynamicIn(source: string): Set<string> {
  const dynamic = lex(source).imports.filter(({ type }) => (type & lex.constants.DYNAMIC) !== 0)
  return new Set(dynamic.map(({ specifier }) => specifier))
}

function targets(to: string | Imports): string[] {
  return typeof to === 'string' ? [to] : Object.values(to).flatMap(targets)
}

// V8 keeps two bytes for each character of a script that has one beyond Latin-1, and takes longer to read it
function inAscii(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
