import { ofEach } from '../harness/builds.ts'
import type { Figure } from '../harness/figure.ts'
import { alternate, samplesOf } from '../harness/measure.ts'
import { loopback } from '../harness/network.ts'
import { startWriterOf } from '../harness/pair.ts'
import { scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'
import { timeToBlock, timeToKey, timeToLoad } from '../harness/starting.ts'

export const startUp: Figure = {
  name: 'start-up',
  about: 'from exec to the writer’s key and to the reader’s first block',
  measure: ({ rounds, builds }) =>
    scoped(async (scope) => {
      const network = await loopback(scope)
      const writer = await startWriterOf(scope, network, 1, LINE_BYTES)
      const keys = await ofEach(
        builds,
        ({ writer: app }) =>
          () =>
            timeToKey(network, { app })
      )
      const blocks = await ofEach(builds, ({ reader: app }) => {
        return () => timeToBlock(network, writer, { app })
      })
      const times = await alternate(rounds, {
        key: keys.pair,
        'key before': keys.before,
        'modules of the writer': () => timeToLoad('writer-app'),
        block: blocks.pair,
        'block before': blocks.before,
        'modules of the reader': () => timeToLoad('reader-app')
      })
      return [
        {
          name: 'start-up-writer',
          title: 'exec to the writer’s key',
          unit: 'ms',
          pair: times.key,
          before: times['key before'],
          baselines: { 'loading the modules': times['modules of the writer'] },
          target: { of: 'ratio', atMost: 1.5 }
        },
        {
          name: 'start-up-reader',
          title: 'exec to the reader’s first block',
          unit: 'ms',
          pair: times.block,
          before: times['block before'],
          baselines: { 'loading the modules': times['modules of the reader'] },
          target: { of: 'ratio', atMost: 1.5 }
        }
      ]
    })
}
