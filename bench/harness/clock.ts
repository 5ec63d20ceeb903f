import process from 'bare-process'

/** Milliseconds on the monotonic clock, which all processes of the machine share. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** What `waiting` resolves to, or null once `ms` milliseconds have passed. */
export async function inTime<T>(waiting: Promise<T>, ms: number): Promise<T | null> {
  let timer: Timer | null = null
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
  })
  try {
    return await Promise.race([waiting, late])
  } finally {
    if (timer !== null) clearTimeout(timer)
  }
}
