// An app imports this first of all, by way of its prelude. What comes after it loads native addons, and
// where one cannot be loaded, what writes the status may not be there either: Bare's own console is.
import { ERROR, Failure, messageOf } from '../errors.ts'
import { addonFailure } from './addons.ts'
import { APP_URL } from './folder.ts'

const { error } = (globalThis as unknown as { console: { error(text: string): void } }).console
// Pear 2 mounts an app at a place that has no name
const app = APP_URL.startsWith('pear:') ? 'pear' : APP_URL.slice(APP_URL.lastIndexOf('/') + 1)

let handle = (err: unknown): void => {
  const reason = addonFailure(err)
  const known = reason instanceof Failure || !(err instanceof Error)
  const message = known ? messageOf(reason) : (err.stack ?? err.message)
  const event = { cmd: app.replace(/-app$/, ''), tag: 'error', data: { code: ERROR, message } }
  error(Bare.argv.includes('--json') ? JSON.stringify(event) : `${app}: ${message}`)
  Bare.exit(ERROR)
}

/** Gives every error that is thrown and not caught to `handler` from now on. */
export function onUncaught(handler: (err: unknown) => void): void {
  handle = handler
}

Bare.on('uncaughtException', (err) => handle(err))
Bare.on('unhandledRejection', (err) => handle(err))
