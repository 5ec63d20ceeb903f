import type { Failure } from '../shared/errors.ts'
import { within } from '../shared/app/schedule.ts'

/** Blocks that no peer here holds are waited for this long, in milliseconds. */
const MISSING_TIMEOUT_MS = 30_000

/**
 * Yields what `steps` yields. Where nothing has come for `timeout` milliseconds, and `missing` says
 * why nothing will, throws what that says.
 */
export async function* withPatience<T>(
  steps: AsyncGenerator<T>,
  missing: () => Failure | null,
  timeout: number = MISSING_TIMEOUT_MS
): AsyncGenerator<T> {
  for (let next = steps.next(); ; ) {
    const step = await within(next, timeout)
    if (step === null) {
      const failure = missing()
      if (failure !== null) throw failure
      continue
    }
    if (step.done) return
    yield step.value
    next = steps.next()
  }
}
