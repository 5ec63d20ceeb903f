import process from 'bare-process'

/**
 * Milliseconds since a moment that is the same for all processes of the machine. They never go back and
 * never jump, as the clock on the wall does when it is set, so that how long something took can be
 * told from two of them.
 */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** `ms`, up to a quarter less or more by `chance`, in [0, 1): not all peers that began at once go on at once. */
export function jittered(ms: number, chance = Math.random()): number {
  return ms * (0.75 + chance / 2)
}

/** Resolves after `ms` milliseconds. */
export function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** What `promise` resolves to; null where it has not after `ms` milliseconds. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
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
