import dgram, { type DgramSocket } from 'bare-dgram'
import os from 'bare-os'
import { GROUP, PORT } from './beacon.ts'
import { now } from '../limits/clock.ts'
import { codeOf } from '../errors.ts'

/** Datagrams that are read in each window; the system drops those that come on top. */
const MAX_HEARD = 256
const WINDOW_MS = 250
/** Times in a row that nothing could be sent before multicast counts as refused. */
const MAX_FAILURES = 3
/** A beacon is shorter; nothing else that comes this way is worth more memory. */
const READ_BYTES = 2048

interface MulticastEvents {
  onmessage(packet: Uint8Array, host: string): void
  /** Told once why nothing can be sent, or nothing heard; the rest goes on. */
  onrefused(reason: string): void
}

/**
 * The group of the beacons on every interface of this machine, loopback too, with or without a
 * route. All processes of the machine share the port; a flood takes a bounded part of the processor.
 */
export class Multicast {
  readonly #events: MulticastEvents
  #socket: DgramSocket
  #deaf = false
  #closed = false
  #refused = false
  #failures = 0
  #heard = 0
  #windowEnd = 0
  #pause: Timer | null = null

  constructor(events: MulticastEvents) {
    this.#events = events
    this.#socket = this.#open(PORT)
  }

  /** Sends what `packetFor` gives for the address of each interface, out of that interface. */
  async send(packetFor: (host: string) => Uint8Array): Promise<void> {
    if (!this.#socket.bound) return
    const hosts = localHosts()
    const errors = await Promise.all(hosts.map(({ host }) => this.#send(packetFor(host), host)))
    // that this machine hears itself says nothing of the network
    const outward = errors.filter((_, i) => hosts[i]?.internal === false)
    const telling = outward.length > 0 ? outward : errors
    const failed = telling.length > 0 && telling.every((err) => err !== null)
    this.#failures = failed ? this.#failures + 1 : 0
    if (this.#failures === MAX_FAILURES) this.#refuse(codeOf(telling[0]))
  }

  close(): void {
    this.#closed = true
    if (this.#pause !== null) clearTimeout(this.#pause)
    this.#socket.close()
  }

  #open(port: number): DgramSocket {
    const socket = dgram.createSocket({
      type: 'udp4',
      reuseAddr: true,
      readBufferSize: READ_BYTES
    })
    socket.on('listening', () => attempt(() => socket.setMulticastTTL(1)))
    socket.on('message', (packet, { address }) => this.#hear(packet, address))
    socket.on('error', (err) => {
      // once it is bound an error is a datagram that was lost
      if (!socket.bound) this.#unbound(socket, err)
    })
    return socket.bind(port)
  }

  // another program holds the port for itself: we can send all the same, and a peer that hears us dials us
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
    this.#events.onrefused(reason)
  }

  // resolves to what went wrong
  #send(packet: Uint8Array, host: string): Promise<Error | null> {
    const socket = this.#socket
    // it fails where we are a member already
    attempt(() => socket.addMembership(GROUP, host))
    return new Promise((resolve) => {
      const err = attempt(() => {
        socket.setMulticastInterface(host)
        socket.send(packet, PORT, GROUP, resolve)
      })
      if (err !== null) resolve(err)
    })
  }

  #hear(packet: Uint8Array, host: string): void {
    if (this.#closed) return
    const at = now()
    if (at >= this.#windowEnd) {
      this.#windowEnd = at + WINDOW_MS
      this.#heard = 0
    }
    if (++this.#heard <= MAX_HEARD) return this.#events.onmessage(packet, host)
    this.#socket.pause()
    this.#pause ??= setTimeout(() => {
      this.#pause = null
      this.#socket.resume()
    }, this.#windowEnd - at)
  }
}

/** The IPv4 addresses of this machine; none where the system keeps them to itself. */
function localHosts(): { host: string; internal: boolean }[] {
  let interfaces: ReturnType<typeof os.networkInterfaces> = {}
  attempt(() => {
    interfaces = os.networkInterfaces()
  })
  return Object.values(interfaces)
    .flat()
    .filter(({ family }) => family === 'IPv4')
    .map(({ address, internal }) => ({ host: address, internal }))
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
