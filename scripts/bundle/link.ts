import b4a from 'b4a'
import Bundle from 'bare-bundle'
import lex from 'bare-module-lexer'
import fs from 'bare-fs'
import path from 'bare-path'

/** What a module imports, by specifier: a file of the bundle, or one for each condition. */
type Imports = { [specifier: string]: string | Imports }

interface Module {
  key: string
  source: Uint8Array
  imports: Imports
  kind: 'esm' | 'cjs' | 'json'
}

/** The module that loads the native addons at run time: it is not in the bundle. */
export const ADDON_LOADER = 'addon-loader'

const LINKER = String(fs.readFileSync(path.join(import.meta.dirname, 'linker.cjs')))

/** Scripts that hold the modules of packages: those that every start needs, and all others. */
const FIRST = '/first.cjs'
const LATER = '/later.cjs'

/**
 * The same modules with less to do at every start. CommonJS modules, which are those of packages, are
 * functions in two scripts; what ES modules import of them goes there by way of a stub. Each other
 * module has a name that tells its kind, so that nothing has to be looked up in a package.json. `loader`
 * is where ADDON_LOADER lies, from the folder of the bundle.
 */
export function link(packed: Bundle, loader: string): Bundle {
  const modules = new Map([...packed.keys()].map((key) => [key, moduleOf(packed, key)]))
  const main = packed.main ?? ''
  const first = reach(modules, [main], { later: false })
  const all = reach(modules, [main], { later: true })
  const linked = new Bundle()
  const stubs = new Map<string, Set<string>>()

  for (const { key, source, imports, kind } of pick(modules, all, 'esm')) {
    for (const { specifier, names } of lex(b4a.toString(source)).imports) {
      const to = imports[specifier]
      if (typeof to !== 'string' || modules.get(to)?.kind !== 'cjs') continue
      stubs.set(to, new Set([...(stubs.get(to) ?? []), ...names]))
    }
    const named = mapImports(imports, nameOf)
    linked.write(nameOf(key), b4a.toString(source), { main: key === main, imports: named })
  }
  for (const { key, source } of pick(modules, all, 'json')) linked.write(key, b4a.toString(source))
  for (const [key, names] of stubs) {
    const imports = { packages: first.has(key) ? FIRST : LATER }
    linked.write(nameOf(key), stubOf(key, names), { imports })
  }
  const packages = [...pick(modules, all, 'cjs'), ...pick(modules, all, 'json')]
  const tables = [true, false].map((early) =>
    packages.filter(({ key }) => first.has(key) === early).map(functionOf)
  )
  linked.write(FIRST, `${LINKER}\nexports.add({\n${tables[0]?.join(',\n')}\n})\n`, {
    imports: { [ADDON_LOADER]: loader }
  })
  const later = `const first = require('first')\nfirst.add({\n${tables[1]?.join(',\n')}\n})\n`
  linked.write(LATER, `${later}exports.load = first.load\n`, { imports: { first: FIRST } })
  return linked

  function nameOf(key: string): string {
    return key.replace(/\.js$/, modules.get(key)?.kind === 'esm' ? '.mjs' : '.cjs')
  }
}

function moduleOf(bundle: Bundle, key: string): Module {
  const { '#package': manifest, ...imports } =
    (bundle.resolutions as Record<string, Imports>)[key] ?? {}
  const source = bundle.read(key)
  if (key.endsWith('.json')) return { key, source, imports, kind: 'json' }
  const info = typeof manifest === 'string' ? b4a.toString(bundle.read(manifest)) : '{}'
  const { type } = JSON.parse(info) as { type?: string }
  const isModule = key.endsWith('.mjs') || (key.endsWith('.js') && type === 'module')
  return { key, source, imports, kind: isModule ? 'esm' : 'cjs' }
}

/** The modules that `from` imports, and so on; with `later` those of `import()`, too. */
function reach(modules: Map<string, Module>, from: string[], { later }: { later: boolean }) {
  const reached = new Set<string>()
  for (const queue = [...from]; queue.length > 0; ) {
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

function dynamicIn(source: Uint8Array): Set<string> {
  const { imports } = lex(b4a.toString(source))
  const dynamic = imports.filter(({ type }) => (type & lex.constants.DYNAMIC) !== 0)
  return new Set(dynamic.map(({ specifier }) => specifier))
}

function targets(to: string | Imports): string[] {
  return typeof to === 'string' ? [to] : Object.values(to).flatMap(targets)
}

function pick(modules: Map<string, Module>, keys: Set<string>, kind: Module['kind']): Module[] {
  return [...modules.values()].filter((module) => module.kind === kind && keys.has(module.key))
}

function mapImports(imports: Imports, map: (to: string) => string): Imports {
  return Object.fromEntries(
    Object.entries(imports).map(([specifier, to]) => [
      specifier,
      typeof to === 'string' ? map(to) : mapImports(to, map)
    ])
  )
}

// the last line is never run: it tells which names ES modules may import
function stubOf(key: string, names: Set<string>): string {
  const named = [...names].filter((name) => name !== 'default').map((name) => `exports.${name} = `)
  return [
    `const { load } = require('packages')`,
    `module.exports = load(${JSON.stringify(key)})`,
    named.length > 0 ? `0 && (${named.join('')}0)\n` : ''
  ].join('\n')
}

// V8 compiles a function in brackets at once, which each will be called; any other it reads twice
function functionOf({ key, source, imports, kind }: Module): string {
  const body = (kind === 'json' ? 'module.exports = ' : '') + b4a.toString(source)
  return `${JSON.stringify(key)}: [(function (require, module, exports) {${body}\n}), ${JSON.stringify(imports)}]`
}
