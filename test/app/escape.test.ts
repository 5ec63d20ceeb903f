import { test } from 'brittle'
import { escapeControls } from '../../shared/app/escape.ts'

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
})

test('no control character at all gets through, and no printable one is changed', (t) => {
  const unsafe: [number, number][] = [
    [0x00, 0x08],
    [0x0a, 0x1f],
    [0x7f, 0x9f],
    [0x061c, 0x061c],
    [0x200b, 0x200f],
    [0x2028, 0x202e],
    [0x2060, 0x2069],
    [0xfeff, 0xfeff]
  ]
  const isUnsafe = (code: number): boolean =>
    unsafe.some(([first, last]) => code >= first && code <= last)
  const wrong: number[] = []
  for (let code = 0; code < 0x10000; code++) {
    const char = String.fromCharCode(code)
    if ((escapeControls(char) !== char) !== isUnsafe(code)) wrong.push(code)
  }
  t.alike(wrong, [])
})
