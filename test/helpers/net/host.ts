import os from 'bare-os'
import path from 'bare-path'
import { spawnSync } from 'bare-subprocess'
import { type Test, skip, test } from 'brittle'
import { type AppName, command } from '../launch.ts'
import { Program } from '../program.ts'

// root makes a network as it is; anybody else, where the system lets them, in a user namespace
const unshare = ['--net', '--net --user --map-root-user'].find(
  (flags) =>
    os.platform() === 'linux' &&
    spawnSync('sh', ['-c', `unshare ${flags} ip link add type veth`]).status === 0
)
const enter = unshare?.includes('--user')
  ? ['--user', '--preserve-credentials', '--net']
  : ['--net']

/** A test on networks of its own; skipped where this machine can't make any. */
export const netTest = unshare === undefined ? skip : test

/**
 * A host that has nothing but its loopback: a network namespace, which ends with the process that
 * holds it, and that with its test.
 */
export class Host {
  readonly #t: Test
  readonly #holder: Program

  private constructor(t: Test, holder: Program) {
    this.#t = t
    this.#holder = holder
  }

  /** Makes a host; one that is to have a link to `hub` is made from there. */
  static async create(t: Test, hub?: Host): Promise<Host> {
    const command = hub ? [...hub.inside, 'unshare', '--net'] : ['unshare', ...flags(unshare ?? '')]
    const holder = new Program(t, [...command, 'cat'])
    await holder.write('ready\n')
    await holder.stdout.line('ready')
    const host = new Host(t, holder)
    await host.ip('link set lo up')
    return host
  }

  /** What a command begins with that is to run on this host. */
  get inside(): string[] {
    return ['nsenter', `--target=${this.#holder.pid}`, ...enter]
  }

  /** The path of its network namespace. */
  get namespace(): string {
    return `/proc/${this.#holder.pid}/ns/net`
  }

  /** Starts a program on this host. */
  start(command: string[], env: Record<string, string> = {}): Program {
    return new Program(this.#t, [...this.inside, ...command], { env })
  }

  /** Starts an app on this host, with a home folder of its own. */
  async startApp(name: AppName, args: string[]): Promise<Program> {
    return this.start([...command(name), ...args], {
      HOME: await this.#t.tmp()
    })
  }

  /** Starts a program of this folder on this host. */
  startScript(name: string, args: string[] = []): Program {
    return this.start([os.execPath(), path.join(import.meta.dirname, name), ...args])
  }

  /** What a command prints. Throws where it fails. */
  async output(command: string[]): Promise<string> {
    const program = this.start(command)
    const ending = await program.ending
    if (ending !== 0) throw new Error(`${command.join(' ')}: ${program.stderr.text}`)
    return program.stdout.text
  }

  /** Runs `ip` with the words of `args`. */
  async ip(args: string): Promise<void> {
    await this.output(['ip', ...flags(args)])
  }

  /** Links this host to a bridge on `hub`, as `address`, by its network card `device`. */
  async link(hub: Host, address: string, device = 'eth0'): Promise<void> {
    const port = portOf(address)
    await hub.ip(`link add ${port} type veth peer name ${device} netns ${this.#holder.pid}`)
    await hub.ip(`link set ${port} master bridge up`)
    await this.ip(`addr add ${address}/24 dev ${device}`)
    await this.ip(`link set ${device} up`)
  }
}

/** Hosts on one bridge, at 10.9.0.1 and so on, with no route to anywhere else. */
export interface Network {
  hosts: Host[]
  /** Pulls the cable of the host that was given `address`, or plugs it in again. */
  setCable(address: string, state: 'down' | 'up'): Promise<void>
}

export async function createNetwork(t: Test, count: number): Promise<Network> {
  const hub = await createHub(t)
  const hosts: Host[] = []
  for (let i = 1; i <= count; i++) {
    const host = await Host.create(t, hub)
    await host.link(hub, `10.9.0.${i}`)
    hosts.push(host)
  }
  return { hosts, setCable: (address, state) => hub.ip(`link set ${portOf(address)} ${state}`) }
}

/** A host with a bridge to which others can be linked; a second one is made from the first. */
export async function createHub(t: Test, first?: Host): Promise<Host> {
  const hub = await Host.create(t, first)
  await hub.ip('link add bridge type bridge')
  await hub.ip('link set bridge up')
  return hub
}

/** Gives `host` a default route on which every packet is lost. */
export async function routeIntoTheVoid(host: Host): Promise<void> {
  await host.ip('route add default via 10.9.0.254')
  await host.ip('neigh add 10.9.0.254 lladdr 02:00:00:00:00:fe dev eth0')
}

function portOf(address: string): string {
  return `port${address.split('.').at(-1)}`
}

function flags(text: string): string[] {
  return text.split(' ')
}
