import os from 'bare-os'
import path from 'bare-path'
import type { Test } from 'brittle'
import { Program } from '../helpers/program.ts'
import type { Random } from '../helpers/random.ts'
import { DHT } from './peace.ts'
import type { Place } from './place.ts'

const SCRIPT = path.join(import.meta.dirname, 'nodes.ts')
/** With fewer nodes than this, peers on one machine now and then fail to find each other. */
const NODES = 10

/** The DHT of a round, in a process of its own. */
export class Dht {
  readonly name = DHT
  readonly #t: Test
  readonly #place: Place
  #program: Program | null = null
  #nodes: string[] = []

  constructor(t: Test, place: Place) {
    this.#t = t
    this.#place = place
  }

  /** Its nodes, as --bootstrap takes them. */
  get bootstrap(): string {
    return this.#nodes.join(',')
  }

  /** Starts it, with no memory, where it was the last time. */
  async start(): Promise<void> {
    const { enter, address } = this.#place
    const ports = Array.from({ length: NODES }, (_, i) => this.#nodes[i]?.split(':')[1] ?? '0')
    const command = [...enter, os.execPath(), SCRIPT, address, ...ports]
    this.#program = new Program(this.#t, command)
    this.#nodes = (await this.#program.stdout.line(/:\d+$/)).split(',')
  }

  /** Takes it away; returns what brings it back. */
  async goAway(random: Random): Promise<() => Promise<void>> {
    const program = this.#program
    if (program === null) throw new Error('the DHT was never started')
    if (random.chance(0.5)) {
      program.signal('SIGSTOP')
      return () => Promise.resolve(program.signal('SIGCONT'))
    }
    await program.kill()
    return () => this.start()
  }
}
