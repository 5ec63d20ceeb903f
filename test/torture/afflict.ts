import { Random } from '../helpers/random.ts'
import type { Dht } from './dht.ts'
import type { Fault, FaultKind } from './faults.ts'
import { sleep } from './patience.ts'
import type { Peace } from './peace.ts'
import { Reader } from './reader.ts'
import { type Subject, linkOf } from './subject.ts'
import type { Trace } from './trace.ts'
import { Writer } from './writer.ts'

/** How many faults of each kind came about. */
export type Tally = Map<FaultKind, number>

/** What brings a fault upon a victim; resolves to what mends it. */
type Bring = (fault: Fault) => Promise<() => unknown>

/** The blocks after which a reader leaves at most. */
const MOST_BLOCKS = 3000

/**
 * Brings `faults` upon `victim`, one after the other, and none after the time `until`; what each has
 * harmed is mended at its end.
 */
export async function afflict(
  victim: string,
  faults: Fault[],
  until: number,
  bring: Bring,
  { peace, trace }: { peace: Peace; trace: Trace }
): Promise<Tally> {
  const tally: Tally = new Map()
  for (const fault of faults) {
    const { kind, after, lasts } = fault
    await sleep(after)
    if (trace.broken || Date.now() > until) break
    trace.note(victim, `${kind.toUpperCase()} for ${lasts} ms`)
    peace.disturb(victim)
    const mend = await bring(fault)
    await sleep(lasts)
    if (trace.broken) break
    trace.note(victim, `${kind} is over`)
    await mend()
    peace.settle(victim)
    tally.set(kind, (tally.get(kind) ?? 0) + 1)
  }
  return tally
}

/** Brings upon `subject` what happens to a process and its disk. */
export function toProcess(subject: Subject, trace: Trace): Bring {
  return async ({ kind, seed }) => {
    const { app } = subject
    const random = new Random(seed)
    switch (kind) {
      case 'kill':
        await subject.kill()
        return () => subject.start()
      case 'stop':
        await subject.stop()
        return () => subject.start()
      case 'pause':
        app.signal('SIGSTOP')
        return () => app.signal('SIGCONT')
      case 'stall':
        return app.stall()
    }
    if (subject instanceof Reader && kind === 'leave') {
      await subject.stop()
      subject.startToLeave(
        random.chance(0.5) ? 'at the end' : { after: random.within(1, MOST_BLOCKS) }
      )
      return async () => {
        await subject.leave()
        subject.start()
      }
    }
    if (!(subject instanceof Writer)) throw new Error(`${subject.name} has no ${kind}`)
    if (kind === 'backup') {
      trace.note(subject.name, await subject.disk.backUp(app))
      return () => {}
    }
    await (random.chance(0.5) ? subject.kill() : subject.stop())
    const { disk } = subject
    trace.note(subject.name, kind === 'restore' ? disk.restore(random) : disk.damage(random))
    if (kind === 'rewind') subject.accept()
    return () => subject.start()
  }
}

/** Brings upon the link of `subject` what makes it slow. */
export function toLink(subject: Subject, trace: Trace): Bring {
  return async ({ seed }) => {
    const limited = await subject.place.link?.limit(new Random(seed))
    trace.note(linkOf(subject), limited?.told ?? 'can not be limited')
    return () => limited?.lift()
  }
}

/** Takes `dht` away. */
export function toDht(dht: Dht): Bring {
  return ({ seed }) => dht.goAway(new Random(seed))
}
