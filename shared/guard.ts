import type { Hypercore, Peer } from 'hypercore'

/** A peer may speak of blocks this far beyond the end of the log that the writer has signed. */
const AHEAD = 2 ** 26
/** A peer may claim this many forks that nobody has proven to us. */
const FORKS = 64

/**
 * Hypercore's replication does what any holder of the key asks for in these messages, whatever it
 * costs: a `range` or `bitfield` far out takes memory for every block up to it and may never come to
 * an end, and every fork in a `sync` is remembered (hypercore 11.37, lib/remote-bitfield.js and
 * `_addReorg` in lib/replicator.js). Here they are bounded; who oversteps is handed to `onoffence`,
 * and the message is not looked at.
 */
export function guardReplication(
  core: Hypercore,
  onoffence: (peer: Peer, reason: string) => void
): void {
  core.on('peer-add', (peer) => {
    const { wireRange, wireBitfield, wireSync } = peer
    let forks = 0

    filter(wireRange, ({ start, length, drop }) =>
      // all from the first block on is one number to Hypercore
      (start === 0 && !drop) || start + length <= core.length + AHEAD
        ? null
        : `spoke of block ${start + length}`
    )
    filter(wireBitfield, ({ start, bitfield }) =>
      start + bitfield.byteLength * 8 <= core.length + AHEAD ? null : `spoke of block ${start}`
    )
    filter(wireSync, ({ fork }) =>
      fork <= core.fork || fork === peer.remoteFork || ++forks <= FORKS
        ? null
        : `claimed ${forks} forks`
    )

    function filter<T>(
      message: { onmessage: (value: T, channel: unknown) => unknown },
      fault: (value: T) => string | null
    ): void {
      const { onmessage } = message
      message.onmessage = (value, channel) => {
        const reason = fault(value)
        if (reason === null) return onmessage(value, channel)
        onoffence(peer, reason)
        return undefined
      }
    }
  })
}
