import type { Figure } from '../harness/figure.ts'
import { startGuideWriter } from '../harness/guide.ts'
import { fileOf, ofEach } from '../harness/builds.ts'
import { after, now } from '../../shared/limits/clock.ts'
import { line } from '../harness/lines.ts'
import { alternate, median, samplesOf } from '../harness/measure.ts'
import { type Network, bare, loopback } from '../harness/network.ts'
import { type Writer, startWriter } from '../harness/pair.ts'
import { Program } from '../harness/program.ts'
import { type Scope, scoped } from '../harness/scope.ts'
import { LINE_BYTES } from '../harness/sizes.ts'

const READERS = 64
const PROCESSES = 8
const PAUSE_MS = 200

export const crowd: Figure = {
  name: 'crowd',
  about: '1 writer and 64 readers in 8 processes on loopback: a new line on all of them',
  async measure({ rounds, scale, builds }) {
    const lines = scale(30)
    const apps = await ofEach(builds, (build) => {
      const readers = fileOf(build, 'bench/programs/crowd.ts')
      const start: Start = (...where) => startWriter(...where, { app: build.writer })
      return () => crowdDelay(start, readers, lines)
    })
    const delays = await alternate(rounds, {
      ...apps,
      'the guide’s loop': () => crowdDelay(startGuideWriter, 'bench/baselines/crowd.ts', lines)
    })
    return [
      {
        name: 'crowd',
        title: 'a new line on all of 64 readers',
        unit: 'ms',
        ...samplesOf(delays, (ms) => ms),
        target: { of: 'median', atMost: 100 }
      }
    ]
  }
}

type Start = (scope: Scope, network: Network) => Promise<Writer>

function crowdDelay(start: Start, readers: string, lines: number): Promise<number> {
  return scoped(async (scope) => {
    const network = await loopback(scope)
    const { program, key } = await start(scope, network)
    const crowd = Array.from({ length: PROCESSES }, () => {
      const args = [scope.folder(), network.bootstrap, key, String(READERS / PROCESSES)]
      return new Program(scope, 'crowd', bare(readers, ...args), { text: true })
    })
    await Promise.all(crowd.map((readers) => readers.line(/^flushed$/)))

    const typed = line(LINE_BYTES)
    const delays: number[] = []
    for (let length = 1; length <= lines; length++) {
      const from = now()
      await program.write([typed])
      await Promise.all(crowd.map((readers) => readers.line(new RegExp(`^length ${length}$`))))
      delays.push(now() - from)
      await after(PAUSE_MS)
    }
    return median(delays)
  })
}
