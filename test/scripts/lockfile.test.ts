import fs from 'bare-fs'
import path from 'bare-path'
import { test } from 'brittle'
import {
  type Entry,
  type Lockfile,
  type Manifest,
  disagreements,
  missingPlatforms,
  namedHosts,
  unverified,
  withEntries,
  withIntegrity
} from '../../scripts/lockfile.ts'

const ROOT = path.join(import.meta.dirname, '..', '..')

const linux: Entry = {
  version: '1.2.3',
  integrity: 'sha512-of-linux',
  cpu: ['x64'],
  license: 'MIT',
  optional: true,
  os: ['linux'],
  bin: { tool: 'bin/tool' }
}

/** A lockfile of a package with builds for `names`, of which only that for Linux is there. */
function lockOf(...names: string[]): Lockfile {
  const optionalDependencies = Object.fromEntries(names.map((name) => [name, '1.2.3']))
  return {
    packages: {
      '': {},
      'node_modules/tool': { version: '1.2.3', optionalDependencies },
      'node_modules/tool-linux-x64': linux,
      'node_modules/zlib': { version: '1.0.0' }
    }
  }
}

test('the lockfile serves every platform, and names no host', (t) => {
  const lock = read('package-lock.json') as Lockfile
  t.alike(Object.keys(missingPlatforms(lock)), [])
  t.alike(namedHosts(lock), [])
})

test('the lockfiles say what each package of the registry hashes to', (t) => {
  for (const file of ['package-lock.json', 'scripts/make/package-lock.json']) {
    const lock = read(file) as Lockfile
    t.ok(Object.keys(lock.packages).length > 40, file)
    t.alike(unverified(lock), {}, file)
  }
})

test('the packages agree on their versions', (t) => {
  const apps = ['writer-app', 'reader-app'].map((name) => read(`${name}/package.json`) as Manifest)
  t.alike(disagreements(read('package.json') as Manifest, apps), [])
})

test('a build that the registry lacked is added as its siblings are described', (t) => {
  const lock = lockOf('tool-darwin-arm64', 'tool-linux-x64', 'tool-win32-x64')
  const missing = missingPlatforms(lock)
  const darwin: Entry = { ...linux, os: ['darwin'], cpu: ['arm64'] }
  const win32: Entry = { ...linux, os: ['win32'], bin: { tool: 'bin/tool.exe' } }
  delete darwin.integrity
  delete win32.integrity
  t.alike(missing, {
    'node_modules/tool-darwin-arm64': darwin,
    'node_modules/tool-win32-x64': win32
  })

  const whole = withEntries(lock, missing)
  t.alike(missingPlatforms(whole), {}, 'once')
  t.alike(Object.keys(whole.packages), Object.keys(whole.packages).sort(), 'in order')
})

test('a package that nothing vouches for is noticed, and gets its integrity', (t) => {
  const lock = lockOf('tool-darwin-x64', 'tool-linux-x64')
  lock.packages['app'] = { version: '1.0.0' }
  lock.packages['node_modules/app'] = { resolved: 'app', link: true }
  lock.packages['app/node_modules/@a/b'] = { version: '2.0.0' }
  const whole = withEntries(lock, missingPlatforms(lock))
  t.alike(unverified(whole), {
    'app/node_modules/@a/b': '@a/b@2.0.0',
    'node_modules/tool': 'tool@1.2.3',
    'node_modules/tool-darwin-x64': 'tool-darwin-x64@1.2.3',
    'node_modules/zlib': 'zlib@1.0.0'
  })
  const verified = withIntegrity(whole, { 'node_modules/tool-darwin-x64': 'sha512-of-darwin' })
  const darwin = verified.packages['node_modules/tool-darwin-x64'] ?? {}
  t.alike(Object.keys(darwin), Object.keys(linux), 'in the place that npm gives it')
  t.is(darwin.integrity, 'sha512-of-darwin')
  t.absent('node_modules/tool-darwin-x64' in unverified(verified))
})

test('a package of one’s own folder, or of one above, is not missing', (t) => {
  const lock = lockOf('tool-linux-x64', 'tool-darwin-x64')
  lock.packages['node_modules/tool/node_modules/tool-darwin-x64'] = { os: ['darwin'] }
  t.alike(missingPlatforms(lock), {})
})

test('an optional package that is no build for a platform is not made up', async (t) => {
  await t.exception(() => missingPlatforms(lockOf('tool-linux-x64', 'tool-extras')), /tool-extras/)
  await t.exception(() => missingPlatforms(lockOf('tool-darwin-x64')), undefined, 'no sibling')
})

test('an entry that says where it came from is noticed, a workspace is not', (t) => {
  const lock = lockOf()
  lock.packages['node_modules/app'] = { resolved: 'app', link: true }
  t.alike(namedHosts(lock), [])
  lock.packages['node_modules/other'] = { resolved: 'https://example.com/other-1.0.0.tgz' }
  t.is(namedHosts(lock).length, 1)
})

test('packages that disagree are noticed', (t) => {
  const root = { name: 'root', overrides: { c: '1.0.0' } }
  const one = { name: 'one', dependencies: { a: '1.0.0', b: '1.0.0' }, overrides: { c: '1.0.0' } }
  t.alike(disagreements(root, [one, { ...one, name: 'two' }]), [])
  t.is(disagreements(root, [one, { ...one, dependencies: { a: '1.0.1' } }]).length, 1)
  t.is(disagreements(root, [{ ...one, dependencies: { a: '^1.0.0' } }]).length, 1)
  t.is(disagreements(root, [{ name: 'three' }]).length, 1)
})

function read(name: string): unknown {
  return JSON.parse(String(fs.readFileSync(path.join(ROOT, name))))
}
