import os from 'bare-os'
import path from 'bare-path'
import { fileURLToPath } from 'bare-url'
import { Failure } from '../errors.ts'
import { APP_URL, standalone } from './folder.ts'

// Pear 1 has `Pear.config`; Pear 2 has `Pear.app`, with `Pear.config` as an alias; Pear 3 runs a
// terminal app as a plain Bare program or a standalone executable, with no global at all.
interface PearApp {
  args: string[]
  storage: string
  /** The folder of the app, where it is run from one. */
  dir?: string
  dht?: { bootstrap?: { host: string; port: number }[] }
}

interface Pear {
  app?: PearApp
  config?: PearApp
  teardown(close: () => Promise<void>): void
}

/** Pear's global, where Pear runs us. */
export const { Pear: pear } = globalThis as { Pear?: Pear }
const app = pear?.app ?? pear?.config

/** The arguments of the app, without the binary and the script, which an executable has not. */
export const args: string[] = app?.args ?? Bare.argv.slice(standalone ? 1 : 2)

/** The DHT nodes that Pear was told to use, if any. */
export const bootstrapNodes = app?.dht?.bootstrap

/** The folder where the app called `name` keeps its data unless --storage says otherwise. */
export function dataFolder(name: string): string {
  return app?.storage ?? path.join(platformDataFolder(), name)
}

/** Whether `folder` lies in that of the app, with which it would be shared, replaced or deleted. */
export function liesInApp(folder: string): boolean {
  const home = app?.dir ?? (standalone ? '' : fileURLToPath(APP_URL))
  if (!home) return false
  const within = path.relative(home, path.resolve(folder))
  return !within.startsWith('..') && !path.isAbsolute(within)
}

/** How a person who has started this app starts the one called `name`, in the same folder of a shell. */
export function commandOf(name: string): string {
  if (standalone || pear !== undefined) return name
  // the script is dist/start.cjs in the folder of the app
  const app = path.join(path.dirname(Bare.argv[1] ?? ''), '..', '..', name)
  const folder = path.relative(os.cwd(), app)
  // what npm has installed elsewhere is a command
  if (folder !== name && folder !== path.join('..', name)) return name
  return `${os.getEnv('npm_command') === undefined ? '' : 'npx '}bare ${folder}`
}

function platformDataFolder(): string {
  switch (os.platform()) {
    case 'darwin':
      return path.join(homeFolder(), 'Library', 'Application Support')
    case 'win32':
      return os.getEnv('LOCALAPPDATA') ?? path.join(homeFolder(), 'AppData', 'Local')
    default:
      return os.getEnv('XDG_DATA_HOME') || path.join(homeFolder(), '.local', 'share')
  }
}

// a user without an entry in the list of users, as in many a container, has none but that of $HOME
function homeFolder(): string {
  try {
    return os.homedir()
  } catch {
    throw new Failure('this user has no home folder: set HOME, or choose a folder with --storage')
  }
}
