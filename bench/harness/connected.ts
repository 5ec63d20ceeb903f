import { startGuideReader, startGuideWriter } from './guide.ts'
import { type Live, warmUp } from './live.ts'
import type { Network } from './network.ts'
import { startReader, startWriter } from './pair.ts'
import type { Scope } from './scope.ts'

/** writer-app and reader-app, connected. */
export async function startPair(scope: Scope, network: Network): Promise<Live> {
  const writer = await startWriter(scope, network)
  const reader = startReader(scope, network, writer.key, ['--start', '0'])
  return ready({ from: writer.program, to: reader })
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
