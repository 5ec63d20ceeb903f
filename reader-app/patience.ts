import type { Failure } from '../shared/errors.ts'

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

/** What `promise` resolves to; null where it has not after `ms` milliseconds. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: Timer | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    if (timer !== undefined) clearTimeout(timer)
  }
}
