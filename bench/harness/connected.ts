import type { Build } from './builds.ts'
import { startGuideReader, startGuideWriter } from './guide.ts'
import { type Live, warmUp } from './live.ts'
import type { Network } from './network.ts'
import { startReader, startWriter } from './pair.ts'
import type { Scope } from './scope.ts'

/** The apps of a build, connected. */
export async function startPair(
  scope: Scope,
  network: Network,
  { writer: app, reader }: Build
): Promise<Live> {
  const writer = await startWriter(scope, network, { app })
  const to = startReader(scope, network, writer.key, ['--start', '0'], { app: reader })
  return ready({ from: writer.program, to })
}

/** The guide's writer and reader, connected. */
export async function startGuidePair(scope: Scope, network: Network): Promise<Live> {
  const writer = await startGuideWriter(scope, network)
  const reader = startGuideReader(scope, network, writer.key, 'loop', Infinity)
  return ready({ from: writer.program, to: reader })
}

// a line that has come through shows that they are
async function ready(live: Live): Promise<Live> {
  await warmUp(live)
  return live
}
