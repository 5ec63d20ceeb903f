import b4a from 'b4a'
import Bundle from 'bare-bundle'
import traverse from 'bare-module-traverse'
import pack from 'bare-pack'
import { listPrefix, readModule } from 'bare-pack/fs'
import path from 'bare-path'
import { pathToFileURL } from 'bare-url'
import { HOSTS } from '../make/hosts.ts'

/** What a module imports, by specifier: a file of the bundle, or one for each condition. */
type Imports = { [specifier: string]: string | Imports }

/** The modules of an app in one file. */
export interface Packed {
  bundle: Bundle
  /** The version of each package with a native addon that the modules need, by its name. */
  addons: Record<string, string>
}

/** The module that loads the addons at run time, where npm has put them: it is not in the bundle. */
const ADDONS = 'addon-loader'

/** All that the module of a package does that loads the package's native addon. */
const BINDING =
  /^(?:require\.addon = require\('require-addon'\);?\s+)?module\.exports = require\.addon\((?:'(\.[./]*)'(?:, __filename)?)?\);?\s*$/

/**
 * Packs the module `entry` below `root`, and all that it imports, for every host. `loader` names the
 * module that the native addons are loaded by, from the folder of the bundle. Throws where a package
 * loads its addon in a way that is not known here.
 */
export async function packApp(root: string, entry: string, loader: string): Promise<Packed> {
  const addons: Record<string, string> = {}
  const packed = await pack(
    pathToFileURL(entry),
    { hosts: HOSTS, defer: [ADDONS], resolve: traverse.resolve.bare },
    readSource,
    listPrefix
  )
  if (packed.addons.length > 0) {
    throw new Error(`there is no other way known to load ${packed.addons.join(', ')}`)
  }
  const bundle = slim(packed.unmount(pathToFileURL(`${root}${path.sep}`)), loader)
  return { bundle, addons: Object.fromEntries(Object.entries(addons).sort()) }

  async function readSource(url: URL): Promise<Uint8Array | string | null> {
    const source = await readModule(url)
    const [binding, specifier = '.'] = (source && BINDING.exec(b4a.toString(source))) ?? []
    if (binding === undefined) return source
    const { name, version } = await readPackage(new URL(`${specifier}/package.json`, url))
    if ((addons[name] ??= version) !== version) {
      throw new Error(`${name} is needed in two versions: ${addons[name]} and ${version}`)
    }
    return `module.exports = require('${ADDONS}').loadAddon('${name}')\n`
  }
}

async function readPackage(url: URL): Promise<{ name: string; version: string }> {
  return JSON.parse(b4a.toString((await readModule(url)) ?? b4a.from('{}')))
}

/**
 * The same modules with less to read at every start: each has a name that tells its kind, so that
 * nothing has to be looked up in the package.json above it, and those are left out.
 */
function slim(bundle: Bundle, loader: string): Bundle {
  const slimmed = new Bundle()
  const imported = new Set([bundle.main])
  for (const key of bundle.keys()) mapImports(importsOf(bundle, key), (to) => imported.add(to))
  for (const key of bundle.keys()) {
    if (!imported.has(key)) continue
    const imports = mapImports(importsOf(bundle, key), (to) =>
      to === `deferred:${ADDONS}` ? loader : nameOf(bundle, to)
    )
    const source = b4a.toString(bundle.read(key))
    slimmed.write(nameOf(bundle, key), source, { main: key === bundle.main, imports })
  }
  return slimmed
}

const PACKAGE = '#package'

function importsOf(bundle: Bundle, key: string): Imports {
  const imports = { ...resolutionsOf(bundle, key) }
  delete imports[PACKAGE]
  return imports
}

function resolutionsOf({ resolutions }: Bundle, key: string): Imports {
  return (resolutions as Record<string, Imports>)[key] ?? {}
}

function mapImports(imports: Imports, map: (to: string) => unknown): Imports {
  return Object.fromEntries(
    Object.entries(imports).map(([specifier, to]) => [
      specifier,
      typeof to === 'string' ? String(map(to)) : mapImports(to, map)
    ])
  )
}

function nameOf(bundle: Bundle, key: string): string {
  if (!key.endsWith('.js')) return key
  const manifest = resolutionsOf(bundle, key)[PACKAGE]
  const text = typeof manifest === 'string' ? bundle.read(manifest) : null
  const { type } = JSON.parse(text ? b4a.toString(text) : '{}') as { type?: string }
  return key.replace(/js$/, type === 'module' ? 'mjs' : 'cjs')
}
