import b4a from 'b4a'
import { test } from 'brittle'
import Hypercore from 'hypercore'
import sodium from 'sodium-universal'
import {
  PADDING,
  decryptBlocks,
  encryptBlocks
} from '../../shared/upstream/hypercore-encryption.ts'
import { numbered } from '../helpers/numbered.ts'
import { installed } from './installed.ts'

const BLOCKS = [...numbered(20), '', 'x'.repeat(100_000)].map((line) => b4a.from(line))

test(`${installed('hypercore')}: reads what is encrypted here, and is read here`, async (t) => {
  const key = b4a.alloc(32)
  sodium.randombytes_buf(key)
  const folder = await t.tmp()
  const log = new Hypercore(folder)
  await log.ready()
  const blockKey = Hypercore.blockEncryptionKey(log.key, key)
  await log.append(encryptBlocks(BLOCKS.slice(0, 5), 0, blockKey))
  await log.append(encryptBlocks(BLOCKS.slice(5), 5, blockKey))
  await log.close()

  const reading = new Hypercore(folder, { encryption: { key } } as object)
  await reading.ready()
  t.teardown(() => reading.close(), { force: true })
  for (const [seq, block] of BLOCKS.entries()) t.alike(await reading.get(seq), block)

  await reading.append(BLOCKS)
  const raw = reading.session({ encryption: null, raw: true } as object)
  const stored: Uint8Array[] = []
  for (let i = 0; i < BLOCKS.length; i++) {
    stored.push((await raw.get(BLOCKS.length + i, { raw: true } as object)) ?? b4a.alloc(0))
  }
  await raw.close()
  t.alike(decryptBlocks(stored, BLOCKS.length, blockKey), BLOCKS)
})

test('no two blocks are encrypted alike, whatever their numbers', (t) => {
  const blockKey = b4a.alloc(32, 1)
  const same = Array.from({ length: 100 }, () => b4a.from('the same line'))
  const seen = new Set<string>()
  for (let round = 0; round < 20; round++) {
    for (const block of encryptBlocks(same, 0, blockKey)) seen.add(b4a.toString(block, 'hex'))
  }
  t.is(seen.size, 2000)
})

test('blocks that nobody encrypted give no error', (t) => {
  const odd = [0, 1, PADDING - 1, PADDING, PADDING + 1].map((length) => b4a.alloc(length, 1))
  const decrypted = decryptBlocks(odd, 7, b4a.alloc(32, 1))
  t.alike(
    decrypted.map(({ byteLength }) => byteLength),
    [0, 0, 0, 0, 1]
  )
})
