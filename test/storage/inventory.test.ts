import b4a from 'b4a'
import fs from 'bare-fs'
import path from 'bare-path'
import { test } from 'brittle'
import { Copy } from '../../shared/storage/copy.ts'
import { copiedLogs } from '../../shared/storage/inventory.ts'
import { copyPlaces } from '../../shared/storage/places.ts'

test('a file that is deleted while it is measured takes nothing', async (t) => {
  const storage = await t.tmp()
  const key = b4a.alloc(32, 'k')
  await (await Copy.open(storage, key)).close()
  const file = path.join(copyPlaces(storage, key).copy, 'db', 'merged.sst')
  fs.writeFileSync(file, '')
  const { statSync } = fs
  t.teardown(() => Object.assign(fs, { statSync }))
  Object.assign(fs, {
    statSync(at: string) {
      if (at === file) fs.unlinkSync(file)
      return statSync(at)
    }
  })
  const [log] = await copiedLogs(storage)
  t.alike(log?.key, key)
})
