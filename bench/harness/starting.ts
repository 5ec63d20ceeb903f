import { now } from './clock.ts'
import type { Network } from './network.ts'
import { type Writer, startReader, startWriter } from './pair.ts'
import { scoped } from './scope.ts'

/** Milliseconds from exec to the key, of the writer that `app` runs. */
export function timeToKey(network: Network, app?: string[]): Promise<number> {
  return scoped(async (scope) => {
    const { program } = await startWriter(scope, network, scope.folder(), app)
    return now() - program.startedAt
  })
}

/** Milliseconds from exec to the first block of `writer`, of the reader that `app` runs. */
export function timeToBlock(network: Network, { key }: Writer, app?: string[]): Promise<number> {
  return scoped(async (scope) => {
    const reader = startReader(scope, network, key, ['--start', '0', '--count', '1'], app)
    const to = await reader.received(1)
    await reader.done()
    return to - reader.startedAt
  })
}
