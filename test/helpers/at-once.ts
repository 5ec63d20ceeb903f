import type { Test } from 'brittle'

/** Runs tests that wait most of the time, by their names, at the same time. */
export async function atOnce(
  t: Test,
  tests: Record<string, (t: Test) => Promise<void>>
): Promise<void> {
  await Promise.all(Object.entries(tests).map(([name, body]) => t.test(name, body)))
}
