import Hypercore from 'hypercore'
import { SignedLengths } from '../../shared/feed/signed-lengths.ts'
import { appendBlocks } from '../../shared/upstream/hypercore-append.ts'
import { readBlocks } from '../../shared/upstream/hypercore-store.ts'

/** Leaves in `storage` a copy of `log` such as replication leaves, with no signature but the last. */
export async function copyUnsigned(log: Hypercore, storage: string): Promise<void> {
  const { key, length, manifest } = log
  const end = await new SignedLengths(log).within(0, length)
  if (end?.length !== length) throw new Error('the log signs its length')
  const copy = new Hypercore(storage, key, { writable: false, ...(manifest && { manifest }) })
  await copy.ready()
  const session = copy.session({ writable: true })
  const blocks = (await readBlocks(log, 0, length)).filter((block) => block !== null)
  await appendBlocks(session, blocks, { signature: end.signature, ongrown() {} })
  await session.close()
  await copy.close()
}
