import fs from 'bare-fs'
import { Resolver, lookup } from 'bare-dns/promises'
import { codeOf, messageOf } from '../errors.ts'
import { now, within } from '../limits/clock.ts'

/** A look-up that takes longer than this serves the next who asks. */
const PATIENCE_MS = 1000
/** A name server that has not answered by then is taken not to. */
const TIMEOUT_MS = 5000
/** An address is looked up anew after this long; one that was not to be had, sooner. */
const KEEP_MS = 60_000
const RETRY_MS = 10_000
/** Where a system has names of its own, but for Windows. */
const HOSTS_FILE = '/etc/hosts'

/** What is known of a host. */
interface Host {
  address: string | null
  lookup: Promise<void> | null
  /** When it is looked up anew. */
  staleAt: number
  told: boolean
}

/**
 * The addresses of hosts by their names. The system's own look-ups cannot be called off, and the end
 * of the process waits for them: where name servers do not answer, for ten seconds and more. So it is
 * asked only for what it knows at once, or where name servers do answer.
 */
export class Hosts {
  readonly #onunknown: (name: string, reason: string) => void
  readonly #hosts = new Map<string, Host>()
  readonly #resolvers = new Set<Resolver>()
  #closed = false

  /** `onunknown` is told, once for each, which name leads to no address and why. */
  constructor(onunknown: (name: string, reason: string) => void) {
    this.#onunknown = onunknown
  }

  /** The IPv4 address of the host `name`. Throws where it has none, or none that is known soon. */
  async find(name: string): Promise<string> {
    const host = this.#hosts.get(name) ?? { address: null, lookup: null, staleAt: 0, told: false }
    this.#hosts.set(name, host)
    if (now() >= host.staleAt) host.lookup ??= this.#update(name, host)
    if (host.address === null && host.lookup !== null) await within(host.lookup, PATIENCE_MS)
    if (host.address === null) throw new Error(`the host ${name} is not known`)
    return host.address
  }

  /** Calls off what is under way. */
  close(): void {
    this.#closed = true
    for (const resolver of this.#resolvers) resolver.destroy()
  }

  async #update(name: string, host: Host): Promise<void> {
    try {
      host.address = isLocal(name) ? await askSystem(name) : await this.#ask(name)
      host.staleAt = now() + KEEP_MS
    } catch (err) {
      host.staleAt = now() + RETRY_MS
      if (!host.told && !this.#closed) this.#onunknown(name, messageOf(err))
      host.told = true
    }
    host.lookup = null
  }

  async #ask(name: string): Promise<string> {
    const resolver = new Resolver()
    this.#resolvers.add(resolver)
    const timer = setTimeout(() => resolver.destroy(), TIMEOUT_MS)
    try {
      const [address] = await resolver.resolve4(name)
      return address ?? (await askSystem(name))
    } catch (err) {
      const code = codeOf(err)
      // a system may know more names than its name servers do
      if (code === 'ENOTFOUND' || code === 'ENODATA') return await askSystem(name)
      throw code === 'EBADNAME' ? err : new Error('no name server answers')
    } finally {
      clearTimeout(timer)
      resolver.destroy()
      this.#resolvers.delete(resolver)
    }
  }
}

async function askSystem(name: string): Promise<string> {
  return (await lookup(name, { family: 4 })).address
}

/** Whether a system knows `name` with no name server. */
function isLocal(name: string): boolean {
  if (!name.includes('.') || name.endsWith('.local')) return true
  try {
    return String(fs.readFileSync(HOSTS_FILE)).split(/\s+/).includes(name)
  } catch {
    // there is no such file, or none that we may read
    return false
  }
}
