import b4a from 'b4a'
import dgram, { type DgramSocket } from 'bare-dgram'
import os from 'bare-os'
import type Hyperswarm from 'hyperswarm'
import type { Connection } from 'hyperswarm'
import { type Beacon, GROUP, PORT, beaconSecret, openBeacon, sealBeacon } from './beacon.ts'
import { codeOf } from './failure.ts'

/** Beats are quick at first and after a network change, then steady; every one a little off. */
const QUICK_MS = [250, 500, 1000, 2000, 4000]
const STEADY_MS = 8000
/** Whoever is new is answered this soon, so that either side can reach the other. */
const ANSWER_MS = 200
/** After this long a dial has given up on the address that it began with. */
const DIAL_MS = 4000
/** A connection whose packets went unanswered this many times in a row leads nowhere. */
const UNANSWERED = 2

/** New peers that are taken between two beats, and that may be waiting to be reached. */
const MAX_STRANGERS = 64
const MAX_UNREACHED = 128
/** Peers that are remembered, so that a replay of their beacons is known as one. */
const MAX_KNOWN = 1024
/** Datagrams that are looked at in each window; what comes on top is left to the system to drop. */
const MAX_HEARD = 256
const WINDOW_MS = 250
/** No beacon is longer than this, nor is what else may come this way worth more memory. */
const READ_BYTES = 2048

interface Known {
  host: string
  beat: number
  /** When the peer was last handed to the swarm, in milliseconds since the epoch. */
  reachedAt: number
}

/**
 * Finds the peers of a topic on this machine and on this link, with no DHT: multicasts a sealed
 * beacon on every interface, loopback too, and hands whom it hears to the dialler of `swarm`, as a
 * look-up would. The connection authenticates itself; a forged beacon costs a dial and no more.
 */
export class Lan {
  readonly #swarm: Hyperswarm
  readonly #topic: Uint8Array
  readonly #secret: Uint8Array
  readonly #onrefused: (reason: string) => void
  readonly #known = new Map<string, Known>()
  readonly #restart = (): void => this.#quicken()
  #socket: DgramSocket
  #deaf = false
  #closed = false
  #refused = false
  #beat = 0
  #delays = QUICK_MS.values()
  #hosts = ''
  #strangers = 0
  #heardInWindow = 0
  #windowEnd = 0
  #timer: Timer | null = null
  #answerTimer: Timer | null = null
  #pauseTimer: Timer | null = null

  /** `onrefused` is told once why nothing can be sent, or nothing heard. */
  constructor(swarm: Hyperswarm, topic: Uint8Array, onrefused: (reason: string) => void) {
    this.#swarm = swarm
    this.#topic = topic
    this.#secret = beaconSecret(topic)
    this.#onrefused = onrefused
    this.#socket = this.#open(PORT)
    swarm.dht.on('network-change', this.#restart)
    // who hears us dials at once: the port has to be open by then
    void swarm.dht.bind().then(this.#restart)
  }

  /** Whether the peer with `publicKey` was heard here. */
  heard(publicKey: Uint8Array): boolean {
    return this.#known.has(b4a.toString(publicKey, 'hex'))
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#swarm.dht.off('network-change', this.#restart)
    for (const timer of [this.#timer, this.#answerTimer, this.#pauseTimer]) {
      if (timer !== null) clearTimeout(timer)
    }
    this.#socket.close()
  }

  #open(port: number): DgramSocket {
    // every process of this machine shares the port
    const socket = dgram.createSocket({
      type: 'udp4',
      reuseAddr: true,
      readBufferSize: READ_BYTES
    })
    socket.on('listening', () => socket.setMulticastTTL(1))
    socket.on('message', (packet, { address }) => this.#hear(packet, address))
    socket.on('error', (err) => {
      // once it is bound an error is a datagram that was lost
      if (!socket.bound) this.#unbound(socket, err)
    })
    return socket.bind(port)
  }

  // another program holds the port for itself: we announce all the same, and who hears us dials us
  #unbound(socket: DgramSocket, err: Error): void {
    socket.close()
    if (this.#closed || this.#deaf) return this.#refuse(codeOf(err))
    this.#deaf = true
    this.#refuse(`port ${PORT} is taken by another program (${codeOf(err)})`)
    this.#socket = this.#open(0)
  }

  #refuse(reason: string): void {
    if (this.#refused || this.#closed) return
    this.#refused = true
    this.#onrefused(reason)
  }

  #quicken(): void {
    this.#delays = QUICK_MS.values()
    this.#next()
  }

  #next(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (this.#closed) return
    this.#strangers = 0
    this.#announce()
    const delay = this.#delays.next().value ?? STEADY_MS
    this.#timer = setTimeout(() => this.#next(), delay * (0.75 + Math.random() / 2))
  }

  #announce(): void {
    const port = this.#swarm.dht.localAddress()?.port
    if (port === undefined || !this.#socket.bound) return
    const { publicKey } = this.#swarm.keyPair
    const beat = ++this.#beat
    const hosts = localHosts()
    if (hosts.join() !== this.#hosts) {
      this.#hosts = hosts.join()
      this.#delays = QUICK_MS.values()
    }
    let failed = 0
    for (const host of hosts) {
      const packet = sealBeacon({ publicKey, host, port, beat }, this.#secret)
      this.#send(packet, host, (err) => {
        if (err !== null && ++failed === hosts.length) this.#refuse(codeOf(err))
      })
    }
  }

  // through this interface, route or no route
  #send(packet: Uint8Array, host: string, done: (err: Error | null) => void): void {
    const socket = this.#socket
    attempt(() => socket.addMembership(GROUP, host))
    const err = attempt(() => {
      socket.setMulticastInterface(host)
      socket.send(packet, PORT, GROUP, done)
    })
    if (err !== null) done(err)
  }

  #hear(packet: Uint8Array, address: string): void {
    if (this.#closed || !this.#affordable()) return
    const beacon = openBeacon(packet, this.#secret)
    // a beacon counts from the address that it was sealed for and from no other
    if (beacon === null || beacon.host !== address || beacon.port === 0) return
    if (b4a.equals(beacon.publicKey, this.#swarm.keyPair.publicKey)) return
    const known = this.#recognise(beacon)
    if (known !== null) this.#reach(beacon, known)
  }

  #affordable(): boolean {
    const now = Date.now()
    if (now >= this.#windowEnd) {
      this.#windowEnd = now + WINDOW_MS
      this.#heardInWindow = 0
    }
    if (++this.#heardInWindow <= MAX_HEARD) return true
    this.#socket.pause()
    this.#pauseTimer ??= setTimeout(() => {
      this.#pauseTimer = null
      this.#socket.resume()
    }, this.#windowEnd - now)
    return false
  }

  // null for a replay, and for one stranger too many
  #recognise({ publicKey, host, beat }: Beacon): Known | null {
    const id = b4a.toString(publicKey, 'hex')
    const known = this.#known.get(id)
    if (known === undefined && this.#crowded(id)) return null
    if (known !== undefined && beat <= known.beat) return null
    const next = { host, beat, reachedAt: known?.reachedAt ?? 0 }
    // the least recently heard goes first
    this.#known.delete(id)
    this.#known.set(id, next)
    const [oldest] = this.#known.keys()
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest)
    if (known?.host !== host) this.#answer()
    return next
  }

  #crowded(id: string): boolean {
    const { peers, connections } = this.#swarm
    if (!peers.has(id) && peers.size - connections.size >= MAX_UNREACHED) return true
    return ++this.#strangers > MAX_STRANGERS
  }

  #answer(): void {
    this.#answerTimer ??= setTimeout(() => {
      this.#answerTimer = null
      this.#announce()
    }, ANSWER_MS)
  }

  #reach({ publicKey, host, port }: Beacon, known: Known): void {
    const handOver = (): void => {
      if (this.#closed) return
      known.reachedAt = Date.now()
      this.#swarm._handlePeer({ publicKey, relayAddresses: [{ host, port }] }, this.#topic)
    }
    const connection = this.#swarm._allConnections.get(publicKey)
    if (connection === undefined) return handOver()
    if (!this.#leadsNowhere(connection, known)) return
    connection.once('close', handOver)
    connection.destroy()
  }

  // the beacon came through, so a path exists: what is stuck was begun on another, or before it broke
  #leadsNowhere(connection: Connection, known: Known): boolean {
    if (!this.#swarm.connections.has(connection)) return Date.now() - known.reachedAt > DIAL_MS
    if (connection.rawStream.rtoCount >= UNANSWERED) return true
    // by the next beat this one has been answered, or not
    connection.sendKeepAlive()
    return false
  }
}

function localHosts(): string[] {
  return Object.values(os.networkInterfaces())
    .flat()
    .filter(({ family }) => family === 'IPv4')
    .map(({ address }) => address)
}

/** The error of the system that `call` throws; null where it succeeds. */
function attempt(call: () => void): Error | null {
  try {
    call()
    return null
  } catch (err) {
    if (err instanceof Error && codeOf(err) !== '') return err
    throw err
  }
}
