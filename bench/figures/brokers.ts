import { type Build, ofEach } from '../harness/builds.ts'
import { type Broker, brokers, missingFor } from '../harness/brokers.ts'
import { startPair } from '../harness/connected.ts'
import { type Figure, LeftOut } from '../harness/figure.ts'
import { type Live, lineDelays, pipeRate, warmUp } from '../harness/live.ts'
import { alternate, median, samplesOf } from '../harness/measure.ts'
import { loopback } from '../harness/network.ts'
import { type Scope, scoped } from '../harness/scope.ts'

const PAUSE_MS = 20

interface Reached {
  rate: number
  delay: number
}

/** Brokers have a server in between; they are here for scale, not as something to beat. */
export const besideBrokers: Figure = {
  name: 'brokers',
  about: 'the pair beside message brokers that are installed here, on loopback',
  async measure({ rounds, scale, builds, leaveOut }) {
    const here: Broker[] = []
    for (const broker of brokers) {
      const missing = missingFor(broker)
      if (missing.length === 0) here.push(broker)
      else leaveOut(`${broker.name}: ${missing.join(', ')} not installed`)
    }
    if (here.length === 0) throw new LeftOut('no message broker is installed')

    const reach = (start: (scope: Scope) => Promise<Live>): (() => Promise<Reached>) => {
      return () => scoped(async (scope) => race(await start(scope), scale(100_000), scale(100)))
    }
    const starts = here.map(({ name, start }) => [name, reach(start)] as const)
    const apps = await ofEach(builds, (build: Build) => {
      return reach(async (scope) => startPair(scope, await loopback(scope), build))
    })
    const reached = await alternate(rounds, { ...apps, ...Object.fromEntries(starts) })
    return [
      {
        name: 'brokers-pipe',
        title: 'live pipe beside brokers',
        unit: 'lines/s',
        ...samplesOf(reached, ({ rate }) => rate),
        target: { of: 'ratio', atLeast: 1 }
      },
      {
        name: 'brokers-line',
        title: 'a typed line beside brokers',
        unit: 'ms',
        ...samplesOf(reached, ({ delay }) => delay)
      }
    ]
  }
}

async function race(live: Live, lines: number, typed: number): Promise<Reached> {
  await warmUp(live)
  const delay = median(await lineDelays(live, typed, PAUSE_MS))
  return { delay, rate: await pipeRate(live, lines) }
}
