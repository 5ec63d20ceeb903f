import b4a from 'b4a'
import type Bundle from 'bare-bundle'
import traverse from 'bare-module-traverse'
import pack from 'bare-pack'
import { listPrefix, readModule } from 'bare-pack/fs'
import path from 'bare-path'
import { pathToFileURL } from 'bare-url'
import { HOSTS } from '../make/hosts.ts'
import { ADDON_LOADER, type Linked, link } from './link.ts'

/** The modules of an app in two scripts. */
interface Packed extends Linked {
  /** The version of each package with a native addon that the modules need, by its name. */
  addons: Record<string, string>
}

/** All that the module of a package does that loads the package's native addon. */
const BINDING =
  /^(?:require\.addon = require\('require-addon'\);?\s+)?module\.exports = require\.addon\((?:'(\.[./]*)'(?:, __filename)?)?\);?\s*$/

/**
 * Packs the module `entry` below `root`, and all that it imports, for every host. `asScript` is
 * that of `link`. Throws where a package loads its addon in a way that is not known here.
 */
export async function packApp(
  root: string,
  entry: string,
  asScript: (key: string) => string
): Promise<Packed> {
  const addons: Record<string, string> = {}
  const packed = await pack(
    pathToFileURL(entry),
    { hosts: HOSTS, defer: [ADDON_LOADER], resolve: traverse.resolve.bare },
    readSource,
    listPrefix
  )
  if (packed.addons.length > 0) {
    throw new Error(`there is no other way known to load ${packed.addons.join(', ')}`)
  }
  const linked = link(packed.unmount(pathToFileURL(`${root}${path.sep}`)), asScript)
  return { ...linked, addons: Object.fromEntries(Object.entries(addons).sort()) }

  async function readSource(url: URL): Promise<Uint8Array | string | null> {
    const source = await readModule(url)
    const [binding, specifier = '.'] = (source && BINDING.exec(b4a.toString(source))) ?? []
    if (binding === undefined) return source
    const { name, version } = await readPackage(new URL(`${specifier}/package.json`, url))
    if ((addons[name] ??= version) !== version) {
      throw new Error(`${name} is needed in two versions: ${addons[name]} and ${version}`)
    }
    return `module.exports = require('${ADDON_LOADER}').loadAddon('${name}')\n`
  }
}

async function readPackage(url: URL): Promise<{ name: string; version: string }> {
  return JSON.parse(b4a.toString((await readModule(url)) ?? b4a.from('{}')))
}
