import b4a from 'b4a'
import { test } from 'brittle'
import { Failure, USAGE } from '../../shared/errors.ts'
import { parseReader } from '../../reader-app/command.ts'
import { parseWriter } from '../../writer-app/command.ts'

const KEY = 'ab'.repeat(32)
/** The same in z-base-32. */
const KEY_Z32 = 'iqi4zk7m'.repeat(6) + 'iqio'

/** The one line that `parse` refuses its arguments with. */
function refusal(parse: () => unknown): string {
  try {
    parse()
  } catch (err) {
    if (err instanceof Failure && err.code === USAGE) return err.message
    throw err
  }
  throw new Error('nothing was refused')
}

const writerRefuses = (...argv: string[]): string => refusal(() => parseWriter(argv))
const readerRefuses = (...argv: string[]): string => refusal(() => parseReader([KEY, ...argv]))

test('with no flags the writer serves for ever and cuts at newlines', (t) => {
  const { text, exitOnEof, timeout, storage, delimiter, bootstrap, lan, json, quiet } = parseWriter(
    []
  )
  t.alike(
    { text, exitOnEof, timeout, storage, delimiter, bootstrap, lan, json, quiet },
    {
      text: null,
      exitOnEof: false,
      timeout: undefined,
      storage: undefined,
      delimiter: undefined,
      bootstrap: undefined,
      lan: true,
      json: false,
      quiet: false
    }
  )
})

test('the writer takes its flags, long and short', (t) => {
  const long = ['--storage', 'dir', '--delimiter', '\\0', '--exit-on-eof', '--quiet']
  for (const argv of [long, ['-s', 'dir', '-d', '\\0', '-e', '-q']]) {
    const { storage, delimiter, exitOnEof, quiet } = parseWriter(argv)
    t.alike(
      { storage, delimiter: [...(delimiter ?? [])], exitOnEof, quiet },
      { storage: 'dir', delimiter: [0], exitOnEof: true, quiet: true }
    )
  }
  t.is(parseWriter(['-e', '--timeout', '1.5']).timeout, 1500)
  t.is(parseWriter(['--no-lan']).lan, false)
  t.is(parseWriter(['--json']).json, true)
})

test('--keep takes blocks, a size or an age', (t) => {
  t.is(parseWriter([]).keep, null)
  for (const [value, keep] of [
    ['100000', { blocks: 100_000 }],
    ['500kB', { bytes: 500_000 }],
    ['500MB', { bytes: 500e6 }],
    ['10GB', { bytes: 10e9 }],
    ['2TB', { bytes: 2e12 }],
    ['30m', { ms: 1_800_000 }],
    ['12h', { ms: 43_200_000 }],
    ['7d', { ms: 604_800_000 }]
  ] as const) {
    t.alike(parseWriter(['--keep', value]).keep, keep)
    t.alike(parseReader([KEY, '--keep', value]).keep, keep)
  }
  for (const value of ['', '10 GB', '10gb', '1.5GB', '-3', '7w', 'GB', 'all']) {
    t.ok(/--keep|empty/.test(writerRefuses(`--keep=${value}`)), value)
  }
  t.alike(parseReader([KEY, '--keep', '0']).keep, { blocks: 0 })
  t.ok(/nothing to serve/.test(writerRefuses('--keep', '0')))
  t.ok(/nothing to seed/.test(readerRefuses('--seed', '--keep', '0MB')))
})

test('what one command line says does not linger in the next', (t) => {
  parseWriter(['-e', '--json', '--no-lan', '--storage', 'dir'])
  const { exitOnEof, json, lan, storage } = parseWriter([])
  t.alike(
    { exitOnEof, json, lan, storage },
    { exitOnEof: false, json: false, lan: true, storage: undefined }
  )
})

test('with a key alone the reader follows from the next new block on', (t) => {
  const { text, access, start, tail, resume, follow, count, seed, timeout, lan } = parseReader([
    KEY
  ])
  t.alike(
    { text, start, tail, resume, follow, count, seed, timeout, lan },
    {
      text: null,
      start: undefined,
      tail: 0,
      resume: null,
      follow: true,
      count: Infinity,
      seed: false,
      timeout: undefined,
      lan: true
    }
  )
  t.is(b4a.toString(access.key, 'hex'), KEY)
})

test('the reader takes its flags before and behind the key', (t) => {
  for (const argv of [
    ['--start', '3', '-n', '2', '--resume', '--no-follow', KEY],
    [KEY, '--start=3', '--count', '2', '--resume', '--no-follow']
  ]) {
    const { start, count, resume, follow } = parseReader(argv)
    t.alike(
      { start, count, resume, follow },
      { start: 3, count: 2, resume: 'default', follow: false },
      argv.join(' ')
    )
  }
  t.is(parseReader(['--tail', '10', KEY]).tail, 10)
  t.is(parseReader([KEY, '--seed']).seed, true)
  t.is(parseReader([KEY, '--seed', '--resume']).resume, null, 'what is not printed moves nothing')
  t.is(parseReader([KEY, '--timeout', '2']).timeout, 2000)
  t.is(parseReader([KEY, '-s', 'dir']).storage, 'dir')
})

test('--resume takes a name with =, and leaves the key alone that comes behind it', (t) => {
  for (const [flag, name] of [
    ['--resume', 'default'],
    ['--resume=mail', 'mail'],
    ['--resume=a.b-c_D9', 'a.b-c_D9']
  ] as const) {
    const { resume, access } = parseReader([flag, KEY])
    t.is(resume, name)
    t.is(b4a.toString(access.key, 'hex'), KEY)
  }
  for (const name of ['', '.', '..', '../x', 'a/b', 'a b', '.x', 'ä', 'x'.repeat(65)]) {
    t.ok(readerRefuses(`--resume=${name}`).startsWith('--resume=… takes a name of up to 64'), name)
  }
})

test('the reader shows text, bytes or JSON', (t) => {
  t.is(parseReader([KEY]).format.as, 'text')
  t.alike(parseReader([KEY, '--json']).format, { as: 'json', cmd: 'reader' })
  t.alike(parseReader([KEY, '--raw']).format, { as: 'raw', delimiter: b4a.from('\n') })
  t.alike(parseReader([KEY, '--raw', '-d', '\\x00']).format, {
    as: 'raw',
    delimiter: b4a.from([0])
  })
})

test('a key may be hex, z-base-32 or a pear:// link', (t) => {
  const bytes = b4a.from(KEY, 'hex')
  for (const key of [KEY, KEY.toUpperCase(), KEY_Z32, `pear://${KEY_Z32}`, ` ${KEY}\n`]) {
    t.alike(parseReader([key]).access, { key: bytes, encryption: null }, key)
  }
})

test('a key may be pasted with what the writer prints before it', (t) => {
  const bytes = b4a.from(KEY, 'hex')
  for (const argv of [
    [`hypercore key: ${KEY}`],
    ['hypercore', 'key:', KEY],
    ['--start', '0', 'hypercore', 'key:', KEY, '--raw']
  ]) {
    t.alike(parseReader(argv).access, { key: bytes, encryption: null }, argv.join(' '))
  }
  for (const argv of [[`read key: ${KEY}${KEY}`], ['read', 'key:', KEY + KEY]]) {
    t.alike(parseReader(argv).access, { key: bytes, encryption: bytes }, argv.join(' '))
  }
  t.ok(refusal(() => parseReader(['hypercore', 'key:'])).startsWith('<key> is missing'))
  t.ok(refusal(() => parseReader(['key:', KEY])).startsWith(`there is no place for '${KEY}'`))
})

test('a value may stand behind a short flag with nothing between', (t) => {
  t.is(parseReader(['-n5', KEY]).count, 5)
  t.is(parseReader([KEY, '-n', '5']).count, 5)
  t.is(parseReader(['-sdir', KEY]).storage, 'dir')
  t.alike(parseWriter(['-d\\0', '-eq']).delimiter, b4a.from([0]))
  t.is(parseWriter(['-eq']).exitOnEof, true, 'and switches may still come in one')
  t.ok(readerRefuses('-n-1').startsWith("--count takes a whole number from 0, not '-1'"))
  t.ok(readerRefuses('-n5x').startsWith("--count takes a whole number from 0, not '5x'"))
})

test('what is not a key is refused', (t) => {
  const wrong = ['ab', KEY.slice(1), KEY + 'ab', 'zz'.repeat(32), 'pear://', 'not a key']
  for (const key of wrong) {
    t.ok(refusal(() => parseReader([key])).startsWith(`'${key}' is not a key: `), key)
  }
  t.is(
    refusal(() => parseReader([])),
    '<key> is missing (see reader-app --help)'
  )
  t.is(readerRefuses(KEY), `there is no place for '${KEY}' (see reader-app --help)`)
})

test('what is asked for in place of reading needs no key', (t) => {
  t.is(parseReader(['--list']).list, true)
  t.alike(parseReader(['--forget', KEY]).forget, b4a.from(KEY, 'hex'))
  t.alike(parseReader([`--forget=pear://${KEY_Z32}`]).forget, b4a.from(KEY, 'hex'))
  t.is(parseReader([KEY]).forget, undefined)
  t.alike(parseWriter(['--forget', KEY]).forget, b4a.from(KEY, 'hex'))
  t.is(parseWriter(['--key', '--json']).key, true)
  t.ok(writerRefuses('--forget', KEY.slice(0, 8)).startsWith(`'${KEY.slice(0, 8)}' is not a key: `))
})

test('an unknown flag or argument is refused by its name', (t) => {
  t.is(writerRefuses('--colour'), 'there is no flag --colour (see writer-app --help)')
  t.is(writerRefuses('--no-colour'), 'there is no flag --no-colour (see writer-app --help)')
  t.is(writerRefuses('-x'), 'there is no flag -x (see writer-app --help)')
  t.is(writerRefuses('file'), "there is no place for 'file' (see writer-app --help)")
  t.is(readerRefuses('--exit-on-eof'), 'there is no flag --exit-on-eof (see reader-app --help)')
  t.is(writerRefuses('--seed'), 'there is no flag --seed (see writer-app --help)')
  t.is(writerRefuses('--resume'), 'there is no flag --resume (see writer-app --help)')
})

test('a flag that lacks its value is refused', (t) => {
  for (const flag of ['--storage', '--delimiter', '--bootstrap', '-s']) {
    t.ok(writerRefuses(flag).startsWith(`${flag} needs a value`), flag)
  }
  for (const flag of ['--start', '--tail', '--count', '--timeout']) {
    t.ok(readerRefuses(flag).startsWith(`${flag} needs a value`), flag)
    t.ok(readerRefuses(`${flag}=`).startsWith(`${flag} needs a value`), `${flag}=`)
  }
  t.ok(readerRefuses('--start', '-1').includes("one that begins with '-': --start=…"))
})

test('an argument that is empty, as a variable that was not set, is refused', (t) => {
  t.ok(refusal(() => parseReader([''])).startsWith('an argument is empty'))
  t.ok(writerRefuses('--storage', '').startsWith('an argument is empty'))
})

test('a flag that takes no value is refused with one', (t) => {
  t.ok(writerRefuses('--json=yes').startsWith('--json takes no value'))
  t.ok(writerRefuses('--no-lan=1').startsWith('--no-lan takes no value'))
})

test('a value that is no number is refused', (t) => {
  for (const value of ['x', '1.5', '0x10', '1e3', ' 1', '9'.repeat(16)]) {
    for (const flag of ['--start', '--tail', '--count']) {
      t.is(
        readerRefuses(`${flag}=${value}`),
        `${flag} takes a whole number from 0, not '${value}' (see reader-app --help)`
      )
    }
  }
  for (const value of ['x', '-1', '1e3', '1.', '3000000']) {
    t.is(
      readerRefuses(`--timeout=${value}`),
      `--timeout takes a number of seconds up to 2000000, not '${value}' (see reader-app --help)`
    )
  }
})

test('a negative number is refused', (t) => {
  for (const flag of ['--start', '--tail', '--count']) {
    t.is(
      readerRefuses(`${flag}=-1`),
      `${flag} takes a whole number from 0, not '-1' (see reader-app --help)`
    )
  }
})

test('flags that contradict each other are refused', (t) => {
  t.ok(readerRefuses('--start', '1', '--tail', '1').startsWith('--start and --tail'))
  t.ok(readerRefuses('--raw', '--json').startsWith('--raw and --json'))
  t.ok(readerRefuses('--delimiter', ',').startsWith('--delimiter goes with --raw'))
  t.ok(writerRefuses('--timeout', '1').startsWith('--timeout goes with --exit-on-eof'))
})

test('a delimiter has at least one byte, and no escape that is none', (t) => {
  for (const delimiter of ['\\q', '\\x1', 'a\\']) {
    t.ok(writerRefuses('-d', delimiter).startsWith('--delimiter takes one byte'), delimiter)
  }
  t.ok(writerRefuses('--delimiter=').startsWith('--delimiter'))
  t.ok(readerRefuses('--raw', '--delimiter=').startsWith('--delimiter'))
})

test('DHT nodes are host:port, comma-separated, and a bare port is on loopback', (t) => {
  t.alike(parseWriter(['--bootstrap', '49737']).bootstrap, [{ host: '127.0.0.1', port: 49737 }])
  t.alike(parseWriter(['--bootstrap', 'none']).bootstrap, [])
  t.alike(parseWriter(['--bootstrap', 'a.example:1, 10.0.0.1:65535']).bootstrap, [
    { host: 'a.example', port: 1 },
    { host: '10.0.0.1', port: 65535 }
  ])
  for (const nodes of ['host', 'host:', ':1', '0', '65536', '1,,2', 'a:b']) {
    t.ok(writerRefuses(`--bootstrap=${nodes}`).startsWith('--bootstrap takes host:port'), nodes)
  }
})

test('--help and --version are answered whatever else is said or missing', (t) => {
  t.is(parseReader(['--start', 'x', '--colour', '--version']).text, 'reader-app 0.1.0\n')
  t.is(parseWriter(['-qv']).text, 'writer-app 0.1.0\n')
  t.ok(parseReader(['--raw', '--json', '-h']).text?.startsWith('reader-app [flags] [key]\n'))
  t.is(parseWriter(['--version']).text, 'writer-app 0.1.0\n')
  t.is(parseReader(['-v']).text, 'reader-app 0.1.0\n')
  t.ok(parseReader(['--help']).text?.startsWith('reader-app [flags] [key]\n'))
  t.ok(parseWriter(['-h']).text?.startsWith('writer-app [flags]\n'))
  for (const flag of ['--start', '--tail', '--resume', '--no-follow', '--count|-n', '--raw']) {
    t.ok(parseReader(['--help']).text?.includes(`\n  ${flag}`), flag)
  }
})
