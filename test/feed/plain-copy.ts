import type { Test } from 'brittle'
import Hypercore from 'hypercore'

/** Brings `log` into `storage` by Hypercore's own replication; resolves to how many blocks came. */
export async function replicatePlainly(t: Test, log: Hypercore, storage: string): Promise<number> {
  const copy = new Hypercore(storage, log.key, { writable: false })
  await copy.ready()
  let downloads = 0
  copy.on('download', () => downloads++)
  const [ours, theirs] = [copy.replicate(true), log.replicate(false)]
  ours.pipe(theirs).pipe(ours)
  t.teardown(() => ours.destroy())
  await copy.update({ wait: true })
  await copy.download({ start: 0, end: log.length }).done()
  await copy.close()
  return downloads
}
