import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { runtimeFor } from './hosts.ts'
import { copyStripped, withOurStart } from './runtime.ts'

export interface App {
  name: string
  version: string
  description: string
}

/** Where the executables for `host` are put unless another folder is named. */
export function outFolder(root: string, host: string): string {
  return path.join(root, 'out', host)
}

/**
 * Builds `app`, compiled, from its folder in `root` for `host` into the folder `out`. Returns the
 * executable's path. Throws a Failure where the host's runtime cannot be had.
 */
export async function makeExecutable(
  root: string,
  app: App,
  host: string,
  out = outFolder(root, host)
): Promise<string> {
  const { name, version, description } = app
  const runtime = runtimeFor(host)
  const { default: build } = await import('bare-build')
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'make-'))
  const started = path.join(folder, path.basename(runtime))
  try {
    copyStripped(runtime, started, host)
    fs.writeFileSync(started, withOurStart(started))
    const built = build(path.join(root, name, 'dist', name, 'index.js'), {
      name,
      version,
      description,
      base: root,
      hosts: [host],
      out,
      standalone: true,
      runtime: { prebuilds: { [host]: () => started } }
    })
    let executable = out
    for await (const file of built) executable = file
    return executable
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
}
