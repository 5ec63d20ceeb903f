import { test } from 'brittle'
import { escapeControls, escapeJson } from '../../shared/app/escape.ts'

const ZWNJ = '\u200c'
const ZWJ = '\u200d'
/** A subdivision's flag: a black flag, the letters of the subdivision as tags, and the end of them. */
const FLAG = '\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'

test('text without control characters is shown as it is', (t) => {
  const text = 'tab\there, äöü, 三番目, 🍐, שלום, "quotes" and \\backslashes'
  t.is(escapeControls(text), text)
  t.is(escapeControls(''), '')
})

test('what moves the cursor or commands the terminal is shown escaped', (t) => {
  t.is(escapeControls('\u001b[2J\u0007'), '\\x1b[2J\\x07')
  t.is(escapeControls('a\r\nb\b\u0000'), 'a\\r\\nb\\x08\\x00')
  t.is(escapeControls('\u009b31m\u0085\u007f'), '\\x9b31m\\x85\\x7f')
})

test('what reorders or hides text is shown escaped', (t) => {
  t.is(escapeControls('\u202egnp.exe'), '\\u202egnp.exe')
  t.is(escapeControls('\u2066a\u2069\u061c\u200f'), '\\u2066a\\u2069\\u061c\\u200f')
  t.is(escapeControls('a\u200bb\ufeffc\u2028d'), 'a\\u200bb\\ufeffc\\u2028d')
  t.is(escapeControls('a\u206ab\ufff9c\ufffad'), 'a\\u206ab\\ufff9c\\ufffad')
  t.is(escapeControls('a\u{e0041}\u{1d173}b'), 'a\\u{e0041}\\u{1d173}b')
})

test('what joins the letters of a word, or the parts of an emoji, is shown as it is', (t) => {
  const words = [
    // Persian: I want, books; a suffix stands apart
    'می‌خواهم',
    'کتاب‌ها',
    // Hindi and Marathi: half forms
    'क्‍ष',
    'र्‍याचा',
    // Sinhala: the name of the country; Malayalam; Bengali
    'ශ්‍රී ලංකාව',
    'നന്‍മ',
    'র‍্যাব',
    // Emoji: a family, a profession with a skin colour, a heart with its variation, a flag, a black cat
    '👨‍👩‍👧',
    '👩🏽‍💻',
    '👩‍❤️‍👨',
    '🏳️‍🌈',
    '🐈‍⬛'
  ]
  for (const word of words) {
    t.ok(/[\u200c\u200d]/.test(word), `${word} has a joiner`)
    t.is(escapeControls(word), word)
    t.is(escapeControls(`(${word}) ${word}\t${word}`), `(${word}) ${word}\t${word}`)
  }
})

test('a joiner that joins nothing is shown escaped', (t) => {
  const SHOWN = { [ZWNJ]: '\\u200c', [ZWJ]: '\\u200d' }
  for (const [joiner, shown] of Object.entries(SHOWN)) {
    for (const [before, after] of [
      ['', ''],
      ['', 'a'],
      ['a', ''],
      ['a', ' '],
      [' ', 'a'],
      ['1', '2'],
      ['a', '1'],
      ['.', 'exe'],
      ['🍐', '\n'],
      ['a', '\u202e']
    ] as const) {
      const around = [escapeControls(before), escapeControls(after)].join(shown)
      t.is(escapeControls(before + joiner + after), around)
    }
    t.is(escapeControls(`a${joiner}${joiner}b`), `a${shown}${shown}b`, 'nor do two in a row')
  }
})

test('a flag of tags is shown as it is, other tags are not', (t) => {
  t.is(escapeControls(`go ${FLAG}!`), `go ${FLAG}!`)
  const tags = FLAG.slice(2)
  const shown = '\\u{e0067}\\u{e0062}\\u{e0065}\\u{e006e}\\u{e0067}\\u{e007f}'
  t.is(escapeControls(tags), shown, 'without a flag')
  t.is(escapeControls(`🍐${tags}`), `🍐${shown}`, 'behind something else')
  t.is(escapeControls(`${FLAG}${tags}`), `${FLAG}${shown}`, 'behind the end')
  const open = FLAG.slice(0, -2)
  t.is(escapeControls(open), `\u{1f3f4}${shown.slice(0, -9)}`, 'without an end')
})

test('in JSON everything of the kind is escaped, and says the same', (t) => {
  const text = `\u001b \u202e \u200b می‌خواهم 👨‍👩‍👧 ${FLAG} a${ZWJ} \u{1d173} \u206a \ufffb`
  const json = escapeJson(JSON.stringify({ text }))
  t.absent(/[\p{Cf}\p{Cc}]/u.test(json), json)
  t.alike(JSON.parse(json), { text })
})

test('no control character at all gets through, and no printable one is changed', (t) => {
  const unsafe: [number, number][] = [
    [0x00, 0x08],
    [0x0a, 0x1f],
    [0x7f, 0x9f],
    [0x061c, 0x061c],
    [0x200b, 0x200f],
    [0x2028, 0x202e],
    [0x2060, 0x206f],
    [0xfeff, 0xfeff],
    [0xfff9, 0xfffb],
    [0x1bca0, 0x1bca3],
    [0x1d173, 0x1d17a],
    [0xe0000, 0xe007f]
  ]
  const isUnsafe = (code: number): boolean =>
    unsafe.some(([first, last]) => code >= first && code <= last)
  const wrong: number[] = []
  for (let code = 0; code < 0x110000; code++) {
    const char = String.fromCodePoint(code)
    if ((escapeControls(char) !== char) !== isUnsafe(code)) wrong.push(code)
    if ((escapeJson(char) !== char) !== isUnsafe(code)) wrong.push(code)
  }
  t.alike(wrong, [])
})
