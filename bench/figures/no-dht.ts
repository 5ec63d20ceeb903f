import { ofEach } from '../harness/builds.ts'
import type { Figure, Result } from '../harness/figure.ts'
import { alternate, samplesOf } from '../harness/measure.ts'
import { bridge, loopbackOnly } from '../harness/no-dht.ts'
import { append, startWriter } from '../harness/pair.ts'
import { scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'
import { timeToBlock, timeToLoad } from '../harness/starting.ts'

/** Where the guide's code meets nobody, which is why it is not among the baselines. */
export const noDht: Figure = {
  name: 'no-dht',
  about: 'from exec to the reader’s first block where no DHT answers',
  measure: ({ rounds, builds }) =>
    scoped(async (scope) => {
      const networks = {
        'one machine, loopback only': loopbackOnly(scope),
        'one link, no route': bridge(scope),
        'one link, a dead route': bridge(scope, { intoTheVoid: true })
      }
      const results: Result[] = []
      for (const [title, network] of Object.entries(networks)) {
        const writer = await startWriter(scope, network, { lan: true })
        await append(writer, 1, LINE_BYTES)
        const times = await alternate(rounds, {
          ...(await ofEach(builds, ({ reader: app }) => {
            return () => timeToBlock(network, writer, { app, lan: true })
          })),
          'loading the modules': () => timeToLoad('reader-app')
        })
        results.push({
          name: `no-dht-${results.length + 1}`,
          title: `first block, ${title}`,
          unit: 'ms',
          ...samplesOf(times, (ms) => ms)
        })
      }
      return results
    })
}
