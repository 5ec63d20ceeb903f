import b4a from 'b4a'
import { test } from 'brittle'
import sodium from 'sodium-universal'
import {
  commitmentTo,
  encodeReadKey,
  encryptionKeyOf,
  fits,
  isPrivate,
  parseReadKey
} from '../../shared/storage/read-key.ts'
import { privateOptions } from '../../shared/storage/private-log.ts'

const KEY = b4a.alloc(32, 0xab)
const ENCRYPTION = b4a.alloc(32, 0x5c)

test('a read key comes back in z-base-32 and in hex', (t) => {
  const text = encodeReadKey(KEY, ENCRYPTION)
  t.is(text.length, 103)
  const expected = { key: KEY, encryption: ENCRYPTION }
  t.alike(parseReadKey(text), expected)
  t.alike(parseReadKey('ab'.repeat(32) + '5c'.repeat(32)), expected)
})

test('what is not a whole read key is none', (t) => {
  const text = encodeReadKey(KEY, ENCRYPTION)
  const wrong = [
    '',
    text.slice(1),
    `${text}y`,
    text.slice(0, 102),
    text.replace(/.$/, '9'),
    text.replace(/^./, '!'),
    text.replace(/^./, '\u00e4'),
    text.toUpperCase(),
    'ab'.repeat(32),
    'zz'.repeat(64),
    'ab'.repeat(63) + 'a!'
  ]
  for (const key of wrong) t.is(parseReadKey(key), null, key)
})

test('every digit of a read key counts', (t) => {
  const text = encodeReadKey(KEY, ENCRYPTION)
  for (let at = 0; at < text.length; at++) {
    const other = text.slice(0, at) + (text[at] === 'y' ? 'b' : 'y') + text.slice(at + 1)
    const parsed = parseReadKey(other)
    const same =
      parsed && b4a.equals(parsed.key, KEY) && b4a.equals(parsed.encryption ?? KEY, ENCRYPTION)
    if (same) t.fail(`digit ${at} does not count`)
  }
  t.pass()
})

test('a manifest fits one encryption key alone, and gives nothing of it away', (t) => {
  const { keyPair, manifest } = privateOptions()
  if (!keyPair || !manifest) throw new Error('a new log has both')
  const encryption = encryptionKeyOf(keyPair)
  t.alike(encryptionKeyOf(keyPair), encryption, 'the key is made of the secret key alone')
  t.ok(isPrivate(manifest))
  t.ok(fits(manifest, encryption))
  for (let bit = 0; bit < 256; bit += 5) {
    const other = b4a.from(encryption)
    other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    if (fits(manifest, other)) t.fail(`bit ${bit} does not count`)
  }
  const { userData } = manifest
  t.is(b4a.indexOf(userData ?? encryption, encryption), -1)
  t.absent(isPrivate({ version: 1, signers: [] }))
  for (const userData of [b4a.alloc(0), b4a.alloc(32, 1), b4a.alloc(33, 2), b4a.alloc(34, 1)]) {
    t.absent(isPrivate({ version: 2, signers: [], userData }), `${userData.byteLength} bytes`)
  }
  const random = b4a.alloc(32)
  sodium.randombytes_buf(random)
  t.absent(b4a.equals(commitmentTo(random), commitmentTo(encryption)))
})
