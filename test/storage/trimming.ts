// Opens the log of a writer in the folder given, appends lines, and lets go of all but the last 1000
// blocks; the process is killed where the step named has been written: what a trim has left undone by
// then is left undone.
import b4a from 'b4a'
import os from 'bare-os'
import process from 'bare-process'
import type { Hypercore } from 'hypercore'
import { openWriter } from '../../shared/storage/open.ts'
import { numbered } from '../helpers/numbered.ts'

interface Storing {
  readonly state: { readonly storage: { write(): Write } }
}

interface Write {
  deleteTreeNodeRange(start: number, end: number): void
  flush(): Promise<boolean>
}

const [, , storage = '', step = ''] = Bare.argv
const log = await openWriter(storage, { private: false, keep: { blocks: 1000 } })
await log.startAppending()
const { core } = log
killAfter(core, step)
// more than the blocks that are kept, and those of which the tree is kept
await log.append(numbered(12_000).map((line) => b4a.from(line)))
await log.commit()
await log.close()

function killAfter(trimmed: Hypercore, last: string): void {
  let saves = 0
  const { setUserData, clear } = trimmed
  trimmed.setUserData = async (name, value) => {
    await setUserData.call(trimmed, name, value)
    if (name === 'retention' && ++saves === 1 && last === 'saved') kill()
    if (name === 'retention' && saves === 2 && last === 'freed') kill()
  }
  trimmed.clear = async (start, end = start + 1) => {
    await clear.call(trimmed, start, end)
    if (last === 'cleared') kill()
  }
  const { storage: store } = (trimmed as Hypercore & Storing).state
  const write = store.write.bind(store)
  store.write = () => {
    const tx = write()
    const { deleteTreeNodeRange, flush } = tx
    let deletes = false
    tx.deleteTreeNodeRange = (start, end) => {
      deletes = true
      deleteTreeNodeRange.call(tx, start, end)
    }
    tx.flush = async () => {
      const flushed = await flush.call(tx)
      if (deletes && last === 'nodes') kill()
      return flushed
    }
    return tx
  }
}

function kill(): void {
  os.kill(process.pid, 'SIGKILL')
}
