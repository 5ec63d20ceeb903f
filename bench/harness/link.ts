import path from 'bare-path'

const SOURCE = path.join(import.meta.dirname, '..', 'tun-relay.c')
const DEVICE = 'relay'
/** Packets that a device holds until they are read: more than any burst of the programs. */
const DEVICE_PACKETS = 10_000

/** The addresses of the two ends of a link. */
export const NEAR = '10.77.0.1'
export const FAR = '10.77.0.2'

/** A link between two network namespaces, as `bench/tun-relay.c` makes it. */
export interface LinkOptions {
  roundTripMs: number
  lossPerMillion?: number
  /** Bits per second, in each direction; without it there is no limit. */
  rate?: number
  /** Bytes that may wait for a link with a rate, in each direction; by default 250 ms of the rate. */
  queue?: number
}

/** What a link has carried, headers included, and the packets that its queues had no room for. */
export interface Carried {
  bytesToFar: number
  bytesToNear: number
  droppedToFar: number
  droppedToNear: number
}

/** What compiles the program that is a link into `file`. */
export function compileLink(file: string): string[] {
  return ['cc', '-O2', '-o', file, SOURCE]
}

/** What runs that program between two namespaces, each by its name or path; it says `up` once it is. */
export function runLink(
  file: string,
  near: string,
  far: string,
  { roundTripMs, lossPerMillion = 0, rate = 0, queue }: LinkOptions
): string[] {
  const numbers = [(roundTripMs * 1000) / 2, lossPerMillion, rate, ...(queue ? [queue] : [])]
  return [file, near, far, DEVICE, ...numbers.map(String)]
}

/** What `ip` has to do at each end once the program is up. */
export function linkUp(address: string, peer: string): string[] {
  return [
    `address add ${address} peer ${peer} dev ${DEVICE}`,
    `link set ${DEVICE} up txqueuelen ${DEVICE_PACKETS}`
  ]
}

/** What to write to the program's stdin for an answer that matches CARRIED. */
export const ASK_CARRIED = '\n'
export const CARRIED = /^carried (\d+) (\d+) dropped (\d+) (\d+)$/

export function parseCarried(answer: string): Carried {
  const [bytesToFar = NaN, bytesToNear = NaN, droppedToFar = NaN, droppedToNear = NaN] =
    CARRIED.exec(answer)?.slice(1).map(Number) ?? []
  return { bytesToFar, bytesToNear, droppedToFar, droppedToNear }
}
