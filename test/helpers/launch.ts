import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import type { Test } from 'brittle'

export const ROOT = path.join(import.meta.dirname, '..', '..')

/** Holds what is tested as `writer-app` and `reader-app`: app folders for Bare, or executables. */
const APPS = path.resolve(os.getEnv('APPS') ?? ROOT)

export type AppName = 'writer-app' | 'reader-app'

/** Whether the apps under test are folders that Bare runs. */
export const areFolders = fs.existsSync(path.join(APPS, 'writer-app', 'package.json'))
const EXECUTABLE = os.platform() === 'win32' ? '.exe' : ''

/** What starts the app `name`. */
export function command(name: AppName): string[] {
  const app = path.join(APPS, name)
  return areFolders ? [os.execPath(), app] : [app + EXECUTABLE]
}

/** Variables that make `t`'s own temporary folder the home that an app sees. */
export async function homeEnv(t: Test): Promise<Record<string, string>> {
  const home = await t.tmp()
  return { HOME: home, LOCALAPPDATA: home, XDG_DATA_HOME: path.join(home, 'data') }
}
