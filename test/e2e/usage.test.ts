import { test } from 'brittle'
import { closeTestnet, refuses, startApp, startReader, startWriter } from '../helpers/app.ts'

const KEY = 'ab'.repeat(32)
/** The same in z-base-32. */
const ALPHABET = 'ybndrfg8ejkmcpqxot1uwisza345h769'

function zbase32(hex: string): string {
  const bits = [...hex].map((digit) => parseInt(digit, 16).toString(2).padStart(4, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((group) => ALPHABET[parseInt(group.padEnd(5, '0'), 2)]).join('')
}

test('a key may be hex, z-base-32 or a pear:// link', async (t) => {
  const writer = await startWriter(t)
  await writer.append('a')
  const short = zbase32(writer.key)
  for (const key of [writer.key, writer.key.toUpperCase(), short, `pear://${short}`]) {
    const reader = await startReader(t, key, ['--start', '0', '--no-follow'])
    t.is(await reader.ending, 0)
    t.is(reader.stdout.text, 'Skipping 0 earlier blocks...\nBlock 0: a\n', key)
  }
})

test('without a key the reader says what is missing', async (t) => {
  await refuses(t, await startApp(t, 'reader-app', []), 2, /^reader-app: <key> is missing/)
})

test('a key that is too short, too long or not hex is refused', async (t) => {
  for (const key of [KEY.slice(1), KEY + 'ab', 'xyz'.repeat(30), 'pear://no', '\u001b[31m']) {
    const reader = await startReader(t, key)
    await refuses(t, reader, 2, /^reader-app: '.*' is not a key: a key is the 64 hex digits/)
    t.absent(
      reader.stderr.text.includes('\u001b'),
      'and shown with nothing that acts on a terminal'
    )
  }
})

test('a flag that is unknown, or a number that is none, is refused', async (t) => {
  const writer = (...flags: string[]) => startApp(t, 'writer-app', flags)
  await refuses(t, await writer('--colour'), 2, /^writer-app: there is no flag --colour \(see /)
  await refuses(t, await writer('file.txt'), 2, /^writer-app: there is no place for 'file\.txt/)
  await refuses(
    t,
    await writer('-e', '--timeout', 'soon'),
    2,
    /--timeout takes a number of seconds/
  )
  await refuses(t, await writer('--storage'), 2, /^writer-app: --storage/)

  const reader = (...flags: string[]) => startReader(t, KEY, flags)
  await refuses(t, await reader('--start', 'x'), 2, /^reader-app: --start takes a whole number/)
  await refuses(t, await reader('--count=-1'), 2, /^reader-app: --count takes a whole number/)
  await refuses(t, await reader('--raw', '--json'), 2, /^reader-app: --raw and --json/)
  await refuses(t, await reader('--storage', ''), 2, /^reader-app: an argument is empty/)
})

test('--help and --version are data, and need no storage and no peer', async (t) => {
  for (const name of ['writer-app', 'reader-app'] as const) {
    const help = await startApp(t, name, ['--help'])
    t.is(await help.ending, 0)
    t.ok(help.stdout.text.startsWith(`${name} [flags]`))
    t.is(help.stderr.text, '')
    const version = await startApp(t, name, ['-v'])
    t.is(await version.ending, 0)
    t.ok(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+\n$`).test(version.stdout.text))
  }
})

closeTestnet()
