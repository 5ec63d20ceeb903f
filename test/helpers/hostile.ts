import b4a from 'b4a'
import type { Test } from 'brittle'
import Hypercore, { type Peer } from 'hypercore'
import HyperDHT from 'hyperdht'
import Hyperswarm from 'hyperswarm'
import { bootstrap } from './testnet.ts'

/** The messages of Hypercore's replication, in the order of their numbers. */
export const NAMES = [
  'sync',
  'request',
  'cancel',
  'data',
  'noData',
  'want',
  'unwant',
  'bitfield',
  'range',
  'extension'
] as const

export type Name = (typeof NAMES)[number]

/** What a hostile peer does as soon as it is let in. */
export interface Attack {
  /** How many messages it sends to each victim. */
  messages: number
  /** Whether it is dropped for that: no honest peer could be meant. */
  dropped: boolean
  /** What it does when it meets a victim, long before the attack. */
  meet?(peer: Peer): void
  run(peer: Peer): void
}

/** An honest question behind an attack: who answers has dealt with all of it. */
const QUESTION = 999_999

/** A peer that holds the key, and says whatever it likes to its victims. */
export class Hostile {
  readonly #core: Hypercore
  readonly #victims: Peer[]

  private constructor(core: Hypercore, victims: Peer[]) {
    this.#core = core
    this.#victims = victims
  }

  /**
   * Joins the swarm of the log `key`; resolves once it has met `count` victims of `attack`. Several may share
   * one `dht`, each by a key of its own.
   */
  static async join(
    t: Test,
    key: string,
    count: number,
    attack: Attack,
    dht = new HyperDHT({ bootstrap: bootstrap.split(',') })
  ): Promise<Hostile> {
    const core = new Hypercore(await t.tmp(), b4a.from(key, 'hex'), { eagerUpgrade: false })
    const swarm = new Hyperswarm({ dht })
    t.teardown(() => swarm.destroy().then(() => core.close()), { force: true })
    await core.ready()
    swarm.on('connection', (connection) => core.replicate(connection))
    const victims: Peer[] = []
    const met = new Promise<void>((resolve) => {
      core.on('peer-add', (peer) => {
        attack.meet?.(peer)
        if (victims.push(peer) === count) resolve()
      })
    })
    // no other hostile peer finds it
    swarm.join(core.discoveryKey, { server: false, client: true })
    await met
    return new Hostile(core, victims)
  }

  /**
   * Attacks its victims. Resolves when all have dropped it or, where they need not, answered an
   * honest question behind the attack.
   */
  async attack(attack: Attack): Promise<void> {
    await Promise.all(
      this.#victims.map((peer) => {
        const survived = this.#survived(peer, attack)
        attack.run(peer)
        ask(peer, QUESTION, 0)
        return survived
      })
    )
  }

  #survived(peer: Peer, { dropped }: Attack): Promise<void> {
    return new Promise((resolve) => {
      this.#core.on('peer-remove', (other) => {
        if (other === peer) resolve()
      })
      peer.wireData.onmessage = ({ request }) => {
        if (request === QUESTION && !dropped) resolve()
      }
    })
  }
}

/** Says to `peer` a message of the kind `name`, with any content. */
export function say(peer: Peer, name: Name, message: object): void {
  peer.channel.messages[NAMES.indexOf(name)]?.send(message)
}

/** What a peer says of its log, which is empty. */
export const SYNC = {
  fork: 0,
  length: 0,
  remoteLength: 0,
  canUpgrade: true,
  uploading: true,
  downloading: true,
  hasManifest: true,
  allowPush: false
}

/** A request, but for what it asks for. */
export const REQUEST = {
  fork: 0,
  block: null,
  hash: null,
  seek: null,
  upgrade: null,
  manifest: false,
  priority: 0
}

/** Asks `peer` for the block `index`, or for what `more` says. */
export function ask(peer: Peer, id: number, index: number, more: object = {}): void {
  say(peer, 'request', { ...REQUEST, id, block: { index, nodes: 0 }, ...more })
}

/** Whatever `peer` asks for is handed to `answer`. */
export function onrequest(
  peer: Peer,
  answer: (request: { id: number; block?: { index: number } | null }) => void
): void {
  peer.wireRequest.onmessage = answer
}
