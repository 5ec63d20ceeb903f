import path from 'bare-path'
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
} from './link.ts'
import { addNamespace, ip, run, within } from './namespaces.ts'
import { type Network, startDht } from './network.ts'
import { Program } from './program.ts'
import type { Scope } from './scope.ts'

/** Two places with one link between them. */
export interface Distance extends Network {
  /** What the link has carried so far. */
  carried(): Promise<Carried>
}

/**
 * Two network namespaces with nothing but loopback and one link between them, which has a delay in
 * each direction, may lose packets and may have a rate. The DHT is where the writer is. Throws
 * LeftOut where this machine has no namespaces, TUN devices or C compiler for us.
 */
export async function distant(scope: Scope, options: LinkOptions): Promise<Distance> {
  const file = path.join(scope.folder(), 'tun-relay')
  run(...compileLink(file))
  const near = addNamespace(scope)
  const far = addNamespace(scope)
  const link = new Program(scope, 'tun-relay', runLink(file, near, far, options), { text: true })
  await link.line(/^up$/)
  for (const args of linkUp(NEAR, FAR)) ip(near, args)
  for (const args of linkUp(FAR, NEAR)) ip(far, args)
  const bootstrap = await startDht(scope, within(near), NEAR)
  return {
    bootstrap,
    near: within(near),
    far: within(far),
    async carried() {
      await link.write([ASK_CARRIED])
      const [answer] = await link.line(CARRIED)
      return parseCarried(answer)
    }
  }
}
