import type { Fault, FaultKind } from './faults.ts'
import type { Subject } from './subject.ts'
import type { Trace } from './trace.ts'

/** How many faults of each kind came about. */
export type Tally = Map<FaultKind, number>

/** Brings `faults` upon `subject`, one after the other; what each has harmed is mended at its end. */
export async function afflict(subject: Subject, faults: Fault[], trace: Trace): Promise<Tally> {
  const tally: Tally = new Map()
  for (const { kind, after, lasts } of faults) {
    await sleep(after)
    if (trace.broken) break
    trace.note(subject.name, `${kind.toUpperCase()} for ${lasts} ms`)
    const mend = await bring(kind, subject)
    await sleep(lasts)
    if (trace.broken) break
    mend()
    trace.note(subject.name, `${kind} is over`)
    tally.set(kind, (tally.get(kind) ?? 0) + 1)
  }
  return tally
}

// returns what mends it
async function bring(kind: FaultKind, subject: Subject): Promise<() => void> {
  const { app } = subject
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
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
