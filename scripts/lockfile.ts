/** One package of a package-lock.json (lockfileVersion 3): only the members in use. */
export interface Entry {
  version?: string
  resolved?: string
  integrity?: string
  link?: boolean
  os?: string[]
  cpu?: string[]
  bin?: Record<string, string>
  optionalDependencies?: Record<string, string>
  [member: string]: unknown
}

/** A package-lock.json: its packages by the path that they are installed at. */
export interface Lockfile {
  packages: Record<string, Entry>
  [member: string]: unknown
}

/** A package.json: only the members that pin versions. */
export interface Manifest {
  name?: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  overrides?: Record<string, string>
}

/**
 * The packages that `lock` lacks although an installed package names them as optional, as entries
 * by path. A registry that has no build of a package for some platform leaves npm without its
 * entry, and `npm ci` refuses such a lockfile. Each build is described as its siblings are, with the
 * platform that its name ends in; its integrity is for `withIntegrity` to add.
 *
 * Throws where an optional package is no exactly pinned build for a platform.
 */
export function missingPlatforms(lock: Lockfile): Record<string, Entry> {
  const missing: Record<string, Entry> = {}
  for (const [parent, { optionalDependencies }] of Object.entries(lock.packages)) {
    const names = Object.keys(optionalDependencies ?? {})
    const sibling = names.map((name) => resolve(lock, parent, name)).find((at) => at?.os)
    for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
      if (resolve(lock, parent, name)) continue
      const platform = parsePlatform(name)
      if (!platform || !sibling || !EXACT.test(version)) {
        throw new Error(`${name}@${version}, optional in ${parent}, is no build for a platform`)
      }
      missing[`node_modules/${name}`] = describe(sibling, version, platform)
    }
  }
  return missing
}

/** `lock` with the entries of `missing`, in the order that npm writes. */
export function withEntries(lock: Lockfile, missing: Record<string, Entry>): Lockfile {
  const packages = Object.entries(lock.packages)
  for (const [path, entry] of Object.entries(missing)) {
    const before = packages.findIndex(([other]) => other > path)
    packages.splice(before === -1 ? packages.length : before, 0, [path, entry])
  }
  return { ...lock, packages: Object.fromEntries(packages) }
}

/**
 * The packages of `lock` that come from a registry and whose bytes nothing vouches for, as
 * `name@version` by path: an install would take whatever it is given.
 */
export function unverified(lock: Lockfile): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [path, { version, integrity, link }] of Object.entries(lock.packages)) {
    // a folder of this project is no package of a registry
    if (!path.includes('node_modules/') || link || integrity !== undefined) continue
    found[path] = `${path.split('node_modules/').at(-1)}@${version}`
  }
  return found
}

/** `lock` with what its packages have to hash to, by path, where npm writes it. */
export function withIntegrity(lock: Lockfile, hashes: Record<string, string>): Lockfile {
  const packages = Object.entries(lock.packages).map(([path, entry]) => {
    const integrity = hashes[path]
    if (integrity === undefined) return [path, entry] as const
    const { version, ...rest } = entry
    return [path, { ...(version !== undefined && { version }), integrity, ...rest }] as const
  })
  return { ...lock, packages: Object.fromEntries(packages) }
}

/** Where a package comes from is the registry's business, whichever one an install is set up with. */
export function namedHosts(lock: Lockfile): string[] {
  return Object.entries(lock.packages)
    .filter(([, { link, resolved }]) => resolved !== undefined && !link)
    .map(([path]) => `package-lock.json: ${path} names the host it came from`)
}

/**
 * What keeps the packages apart: a version that is not exact, one package in two versions, or a
 * package that does not repeat an override of the root, and so gets another version when alone.
 */
export function disagreements(root: Manifest, apps: Manifest[]): string[] {
  const faults: string[] = []
  const versions = new Map<string, string>()
  for (const manifest of [root, ...apps]) {
    const { name = 'the root', dependencies, devDependencies, overrides } = manifest
    for (const members of [overrides, dependencies, devDependencies]) {
      for (const [member, version] of Object.entries(members ?? {})) {
        const other = versions.get(member) ?? version
        versions.set(member, other)
        if (!EXACT.test(version)) faults.push(`${name}: ${member} ${version} is no exact version`)
        if (other !== version) faults.push(`${name}: ${member} ${version} is ${other} elsewhere`)
      }
    }
    for (const [member, version] of Object.entries(root.overrides ?? {})) {
      if (overrides?.[member] !== version) faults.push(`${name}: ${member} is not overridden`)
    }
  }
  return faults
}

const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/
const PLATFORM =
  /-(aix|android|darwin|freebsd|ios|linux|netbsd|openbsd|sunos|win32)-([a-z0-9]+)(-simulator)?$/

function parsePlatform(name: string): { os: string; cpu: string } | null {
  const [, os, cpu] = PLATFORM.exec(name) ?? []
  return os !== undefined && cpu !== undefined ? { os, cpu } : null
}

// a package finds another in its own node_modules, or in that of a folder above
function resolve({ packages }: Lockfile, from: string, name: string): Entry | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const entry = packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`]
    if (entry || at === '') return entry
  }
}

function describe(sibling: Entry, version: string, { os, cpu }: { os: string; cpu: string }) {
  const entry: Entry = { ...sibling, version, os: [os], cpu: [cpu] }
  delete entry.integrity
  if (sibling.bin) entry.bin = Object.fromEntries(executables(sibling.bin, os))
  return entry
}

function executables(bin: Record<string, string>, os: string): [string, string][] {
  return Object.entries(bin).map(([command, file]) => {
    const plain = file.replace(/\.exe$/, '')
    return [command, os === 'win32' ? `${plain}.exe` : plain]
  })
}
