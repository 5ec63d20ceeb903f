import Bundle from 'bare-bundle'

/** What `markedBundle` prints. */
export const MARK = 'started from the bundle\n'

/** A bundle to stand in for an app's own, where it matters only whether it is what is started. */
export function markedBundle(): Uint8Array {
  const source = `console.log(${JSON.stringify(MARK.trim())})`
  return new Bundle().write('/mark.cjs', source, { main: true }).toBuffer()
}
