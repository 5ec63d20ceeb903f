import b4a from 'b4a'
import type Hyperswarm from 'hyperswarm'
import type { Connection } from 'hyperswarm'
import { type Beacon, beaconSecret, openBeacon, sealBeacon } from './beacon.ts'
import { BoundedMap } from '../limits/bounded-map.ts'
import { jittered, now } from '../limits/clock.ts'
import { seemsDead } from '../limits/dead-connections.ts'
import { messageOf } from '../errors.ts'
import { bindPort, localPort } from '../upstream/hyperdht.ts'
import { connectionWith, dialAt, publicKeyOf } from '../upstream/hyperswarm.ts'
import { type Beacons, beacons, isAnswered } from './beacon-policy.ts'
import { Dialling } from './dialling.ts'
import { Multicast } from './multicast.ts'

/** Beats are quick at first and after a network change, then steady; every one a little off. */
const QUICK_MS = [250, 500, 1000, 2000, 4000]
const STEADY_MS = 8000
/** After this long a dial has given up on the address that it began with. */
const DIAL_TIMEOUT_MS = 4000
/** A peer that was suspended gets this long to answer first. */
const WAKE_GRACE_MS = 300

/** New peers that are dialled between two beats, at most. */
const MAX_STRANGERS = 64
/** Peers that are known to the swarm and not connected, at most, for a new one to be dialled. */
const MAX_UNREACHED = 128
/** Peers that are remembered, so that a replay of their beacons is known as one. */
const MAX_KNOWN = 1024
/** A peer that was not heard for so long is no longer in earshot: in a crowd each sends few beacons. */
const SILENT_MS = 300_000

interface Known {
  host: string
  beat: number
  /** When the peer was last heard, and last handed to the swarm, by the clock of this process. */
  heardAt: number
  reachedAt: number
}

/**
 * Finds the peers of a topic on this machine and on this link, with no DHT: multicasts a sealed
 * beacon on every interface, and hands the peers that it hears to the dialler of `swarm`, as a
 * look-up would. The connection authenticates itself; a forged beacon costs a dial and no more.
 */
export class LanDiscovery {
  readonly #swarm: Hyperswarm
  readonly #topic: Uint8Array
  readonly #secret: Uint8Array
  readonly #dialling: Dialling
  readonly #multicast: Multicast
  readonly #known = new BoundedMap<string, Known>(MAX_KNOWN)
  readonly #restart = (): void => this.#quicken()
  #closed = false
  #beat = 0
  #delays = QUICK_MS.values()
  #strangers = 0
  #heardSince = 0
  #timer: Timer | null = null
  #answerTimer: Timer | null = null

  /** `onrefused` is told once why nothing can be sent, or nothing heard. */
  constructor(swarm: Hyperswarm, topic: Uint8Array, onrefused: (reason: string) => void) {
    this.#swarm = swarm
    this.#topic = topic
    this.#dialling = Dialling.of(swarm)
    this.#secret = beaconSecret(topic)
    this.#multicast = new Multicast({
      onmessage: (packet, host) => this.#hear(packet, host),
      onrefused
    })
    swarm.dht.on('network-change', this.#restart)
    // a peer that hears us dials at once: the port has to be open by then
    bindPort(swarm.dht).then(this.#restart, (err) => onrefused(messageOf(err)))
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#swarm.dht.off('network-change', this.#restart)
    for (const timer of [this.#timer, this.#answerTimer]) if (timer !== null) clearTimeout(timer)
    this.#multicast.close()
  }

  #quicken(): void {
    this.#delays = QUICK_MS.values()
    this.#next()
  }

  #next(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (this.#closed) return
    this.#strangers = 0
    this.#dialling.heard = this.#inEarshot()
    if (Math.random() < this.#beacons.send) this.#announce()
    const delay = this.#delays.next().value ?? STEADY_MS
    this.#timer = setTimeout(() => this.#next(), jittered(delay))
  }

  get #beacons(): Beacons {
    return beacons(this.#dialling.heard, this.#dialling.wantsMore, Math.random())
  }

  #inEarshot(): number {
    const since = now() - SILENT_MS
    let count = 0
    for (const { heardAt } of this.#known.values()) if (heardAt > since) count++
    return count
  }

  #announce(): void {
    const port = localPort(this.#swarm.dht)
    if (port === null) return
    const publicKey = publicKeyOf(this.#swarm)
    const beat = ++this.#beat
    void this.#multicast.send((host) => sealBeacon({ publicKey, host, port, beat }, this.#secret))
  }

  #hear(packet: Uint8Array, host: string): void {
    const beacon = openBeacon(packet, this.#secret)
    // a beacon counts from the address that it was sealed for and from no other
    if (beacon === null || beacon.host !== host || beacon.port === 0) return
    if (b4a.equals(beacon.publicKey, publicKeyOf(this.#swarm))) return
    const known = this.#recognise(beacon)
    if (known !== null) this.#reach(beacon, known)
  }

  // null for a replay, and for one stranger too many
  #recognise({ publicKey, host, beat }: Beacon): Known | null {
    const id = b4a.toString(publicKey, 'hex')
    const known = this.#known.get(id) ?? { host: '', beat: 0, heardAt: 0, reachedAt: 0 }
    const isNew = known.beat === 0
    if (beat <= known.beat || (isNew && ++this.#strangers > MAX_STRANGERS)) return null
    if (isNew) this.#dialling.heard++
    this.#heardSince++
    if (known.host !== host) this.#answer()
    Object.assign(known, { host, beat, heardAt: now() })
    this.#known.set(id, known)
    return known
  }

  #answer(): void {
    if (this.#answerTimer !== null) return
    const { answer, answerMs } = this.#beacons
    if (Math.random() >= answer) return
    this.#heardSince = 0
    this.#answerTimer = setTimeout(() => {
      this.#answerTimer = null
      if (!isAnswered(this.#dialling.heard, this.#heardSince)) this.#announce()
    }, answerMs)
  }

  #reach({ publicKey, host, port }: Beacon, known: Known): void {
    const handOver = (): void => {
      if (this.#closed) return
      known.reachedAt = now()
      dialAt(this.#swarm, this.#topic, { publicKey, host, port })
    }
    const current = (): Connection | undefined => connectionWith(this.#swarm, publicKey)
    const connection = current()
    if (connection === undefined) {
      const { wantsMore, unreached } = this.#dialling
      if (known.reachedAt > 0 ? wantsMore : unreached < MAX_UNREACHED) handOver()
      return
    }
    if (!this.#leadsNowhere(connection, known)) {
      // by the next beat this has been answered, or not
      if (this.#swarm.connections.has(connection)) connection.sendKeepAlive()
      return
    }
    setTimeout(() => {
      if (connection !== current() || !this.#leadsNowhere(connection, known)) return
      connection.once('close', handOver)
      connection.destroy()
    }, WAKE_GRACE_MS)
  }

  // the beacon came through, so a path exists: a connection that is stuck began on another path, or
  // before this one broke
  #leadsNowhere(connection: Connection, known: Known): boolean {
    if (!this.#swarm.connections.has(connection)) return now() - known.reachedAt > DIAL_TIMEOUT_MS
    return seemsDead(connection)
  }
}
