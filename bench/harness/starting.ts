import { now } from '../../shared/limits/clock.ts'
import { type Network, bare } from './network.ts'
import { type Launch, type Writer, startReader, startWriter } from './pair.ts'
import { Program } from './program.ts'
import { scoped } from './scope.ts'

/** Milliseconds from exec to a writer's key. */
export function timeToKey(network: Network, launch?: Launch): Promise<number> {
  return scoped(async (scope) => {
    const { program } = await startWriter(scope, network, launch)
    return now() - program.startedAt
  })
}

/** Milliseconds from exec to a reader's first block. */
export function timeToBlock(network: Network, { key }: Writer, launch?: Launch): Promise<number> {
  return scoped(async (scope) => {
    const reader = startReader(scope, network, key, ['--start', '0', '--count', '1'], launch)
    const to = await reader.received(1)
    await reader.done()
    return to - reader.startedAt
  })
}

/** Milliseconds from exec until Bare has loaded the modules of an app. */
export function timeToLoad(app: 'writer-app' | 'reader-app'): Promise<number> {
  return scoped(async (scope) => {
    const modules = new Program(scope, 'modules', bare('bench/baselines/modules.ts', app))
    const to = await modules.received(1)
    await modules.done()
    return to - modules.startedAt
  })
}
