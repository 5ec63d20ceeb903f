import os from 'bare-os'
import { Program } from './program.ts'
import type { Scope } from './scope.ts'

/** Where the programs of a measurement run. Each command is prefixed with that of its place. */
export interface Network {
  /** The DHT node that everyone asks, as host:port. */
  bootstrap: string
  /** What runs a command where the writer is. */
  near: string[]
  /** What runs a command where the reader is. */
  far: string[]
}

/** This machine's loopback, with a private DHT. */
export async function loopback(scope: Scope): Promise<Network> {
  return { bootstrap: await startDht(scope, [], '127.0.0.1'), near: [], far: [] }
}

/** Starts a private DHT on `host`, and resolves to its first node. */
export async function startDht(scope: Scope, place: string[], host: string): Promise<string> {
  const dht = new Program(scope, 'dht', [...place, ...bare('bench/harness/dht.ts', host)], {
    text: true
  })
  const [bootstrap] = await dht.line(/.+:\d+/)
  return bootstrap
}

/** The command that runs a script or an app on the Bare that runs the bench. */
export function bare(script: string, ...args: string[]): string[] {
  return [os.execPath(), script, ...args]
}
