import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { spawnSync } from 'bare-subprocess'
import { type Test, skip } from 'brittle'
import {
  ASK_CARRIED,
  CARRIED,
  type Carried,
  FAR,
  type LinkOptions,
  NEAR,
  compileLink,
  linkUp,
  parseCarried,
  runLink
} from '../../../bench/harness/link.ts'
import type { Writer } from '../json.ts'
import { startWriter } from './apps.ts'
import { Host, netTest } from './host.ts'

const DHT = path.join(import.meta.dirname, '..', '..', '..', 'bench', 'harness', 'dht.ts')

/** A test on a slow link; skipped where this machine can't make one. */
export const linkTest = canMakeLinks() ? netTest : skip

/** Two hosts with one link between them, and a DHT on the near one. */
export interface SlowLink {
  near: Host
  far: Host
  /** What keeps an app to that DHT. */
  flags: string[]
  /** What the link has carried so far. */
  carried(): Promise<Carried>
}

/** Compiles the program that links are made by; resolves to where it is until the end of `t`. */
export async function buildLink(t: Test): Promise<string> {
  const file = path.join(await t.tmp(), 'tun-relay')
  const [compiler = '', ...args] = compileLink(file)
  const { status, stderr } = spawnSync(compiler, args)
  if (status !== 0) throw new Error(String(stderr))
  return file
}

/** Makes a link by the program in `file`. */
export async function createSlowLink(
  t: Test,
  file: string,
  options: LinkOptions
): Promise<SlowLink> {
  const hub = await Host.create(t)
  const near = await Host.create(t, hub)
  const far = await Host.create(t, hub)
  const link = hub.start(runLink(file, near.namespace, far.namespace, options))
  await link.stdout.line('up')
  for (const args of linkUp(NEAR, FAR)) await near.ip(args)
  for (const args of linkUp(FAR, NEAR)) await far.ip(args)
  const dht = near.start([os.execPath(), DHT, NEAR])
  const bootstrap = await dht.stdout.line(/:\d+$/)
  return {
    near,
    far,
    flags: ['--bootstrap', bootstrap, '--no-lan'],
    async carried() {
      await link.write(ASK_CARRIED)
      return parseCarried(await link.stdout.line(CARRIED))
    }
  }
}

/** Starts a writer of `lines` at the near end, and relays that hold them all: `count` sources. */
export async function startSources(
  { near, flags }: SlowLink,
  count: number,
  lines: string[]
): Promise<Writer> {
  const writer = await startWriter(near, flags)
  await writer.append(...lines)
  const relays = Array.from({ length: count - 1 }, async () => {
    const relay = await near.startApp('reader-app', ['--seed', ...flags, writer.key])
    await relay.stderr.line(new RegExp(`holding every block so far \\(${lines.length}\\)`))
  })
  await Promise.all(relays)
  return writer
}

function canMakeLinks(): boolean {
  try {
    fs.accessSync('/dev/net/tun', fs.constants.R_OK | fs.constants.W_OK)
  } catch {
    return false
  }
  return spawnSync('cc', ['--version']).status === 0
}
