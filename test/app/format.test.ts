import b4a from 'b4a'
import { test } from 'brittle'
import { type Format, formatBlocks, jsonLine } from '../../shared/app/format.ts'

const CAME = new Date(Date.UTC(2026, 10, 28, 4, 30, 1, 250))
const HOSTILE = '\u001b[31mred\u202e'

function shown(format: Format, seq: number, ...blocks: (string | Uint8Array)[]): string {
  const bytes = blocks.map((block) => (typeof block === 'string' ? b4a.from(block) : block))
  return b4a.toString(formatBlocks(format, seq, bytes, CAME))
}

test('blocks are shown as numbered lines', (t) => {
  const format: Format = { as: 'text', terminal: false }
  t.is(shown(format, 0, 'a', '', 'c'), 'Block 0: a\nBlock 1: \nBlock 2: c\n')
  t.is(shown(format, 4_294_967_296, 'far'), 'Block 4294967296: far\n')
  t.is(shown(format, 7), '')
})

test('a pipe gets the bytes of a block, whatever they are', (t) => {
  t.is(shown({ as: 'text', terminal: false }, 0, HOSTILE), `Block 0: ${HOSTILE}\n`)
  const invalid = b4a.from([0, 0xff, 0x80])
  t.alike(
    formatBlocks({ as: 'text', terminal: false }, 0, [invalid], CAME),
    b4a.concat([b4a.from('Block 0: '), invalid, b4a.from('\n')])
  )
})

test('a terminal gets control characters escaped', (t) => {
  t.is(shown({ as: 'text', terminal: true }, 0, HOSTILE), 'Block 0: \\x1b[31mred\\u202e\n')
  t.is(shown({ as: 'text', terminal: true }, 0, 'a\nb'), 'Block 0: a\\nb\n', 'a newline too')
})

test('raw blocks are their bytes and the delimiter', (t) => {
  const invalid = b4a.from([0xff, 0])
  t.alike(
    formatBlocks({ as: 'raw', delimiter: b4a.from('--') }, 9, [invalid, b4a.from('b')], CAME),
    b4a.concat([invalid, b4a.from('--b--')])
  )
  t.is(shown({ as: 'raw', delimiter: b4a.from('\0') }, 0, 'a', ''), 'a\0\0')
})

test('a block is one line of JSON, in base64 where it is not UTF-8', (t) => {
  const format: Format = { as: 'json', cmd: 'reader' }
  t.is(
    shown(format, 3, 'a\n"b"', b4a.from([0xff])),
    '{"cmd":"reader","tag":"block","data":{"seq":3,"value":"a\\n\\"b\\"","time":"2026-11-28T04:30:01.250Z"}}\n' +
      '{"cmd":"reader","tag":"block","data":{"seq":4,"base64":"/w==","time":"2026-11-28T04:30:01.250Z"}}\n'
  )
})

test('the text of a block survives JSON', (t) => {
  const format: Format = { as: 'json', cmd: 'reader' }
  for (const text of ['', HOSTILE, '\0', '🍐', '\ufffd', '\ufeffbom']) {
    t.is((JSON.parse(shown(format, 0, text)) as { data: { value: string } }).data.value, text)
  }
})

test('JSON is safe to show on a terminal', (t) => {
  const line = shown({ as: 'json', cmd: 'reader' }, 0, `${HOSTILE}\u009b2J\u007f\u2028`)
  t.ok(line.includes('"\\u001b[31mred\\u202e\\u009b2J\\u007f\\u2028"'), line)
})

test('the envelope of JSON names the app and the tag', (t) => {
  t.is(
    jsonLine('writer', 'append', { length: 2 }),
    '{"cmd":"writer","tag":"append","data":{"length":2}}\n'
  )
})
