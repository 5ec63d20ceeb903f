import type { Test } from 'brittle'

/** Runs tests that wait most of the time, by their names, at the same time. */
export async function atOnce(
  t: Test,
  tests: Record<string, (t: Test) => Promise<void>>
): Promise<void> {
  await Promise.all(Object.entries(tests).map(([name, body]) => t.test(name, body)))
}

let turn: Promise<unknown> = Promise.resolve()

/** Does one thing after the other, in the order of the calls: at once they would hold each other up. */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = turn.then(work)
  turn = result.catch(() => {})
  return result
}
