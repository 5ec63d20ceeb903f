import type Protomux from 'protomux'

/**
 * Ends the connection below `mux` with whatever a message of the peer made its handler throw. Left
 * alone, Protomux (3.12) passes what looks like a slip of the programmer on to the whole process,
 * though in Hypercore's replication (11.37) it takes a peer no more than a message to bring one about.
 */
export function containFaults(mux: Protomux, onfault: (err: unknown) => void): void {
  const end = (err: Error): void => {
    onfault(err)
    mux.destroy(err)
  }
  mux._safeDestroy = end
  mux._safeDestroyBound = end
  // a handler that was still at work when its channel closed
  mux._warn = () => {}
}
