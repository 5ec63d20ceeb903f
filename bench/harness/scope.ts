import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'

/** What one measurement has opened: closed in reverse order, whatever becomes of the measurement. */
export class Scope {
  readonly #closers: (() => unknown)[] = []

  defer(close: () => unknown): void {
    this.#closers.push(close)
  }

  /** A new temporary folder, which goes with the scope. */
  folder(): string {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pear-broadcast-bench-'))
    this.defer(() => fs.rmSync(folder, { recursive: true, force: true }))
    return folder
  }

  async close(): Promise<void> {
    for (let close = this.#closers.pop(); close; close = this.#closers.pop()) await close()
  }
}

/** Runs `body` with a scope that is closed when it ends. */
export async function scoped<T>(body: (scope: Scope) => Promise<T>): Promise<T> {
  const scope = new Scope()
  try {
    return await body(scope)
  } finally {
    await scope.close()
  }
}
