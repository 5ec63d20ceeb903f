// C0 and C1 controls and DEL move the cursor or run the terminal's commands; the bidirectional
// controls, the zero-width marks, the line and paragraph separators, annotations, tags and what
// shapes shorthand and music make text read as what it is not, or hide in it (Unicode TR36,
// CVE-2021-42574). Tab is the one control that a line of a log often holds.
const UNSAFE =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\ud82f[\udca0-\udca3]|\ud834[\udd73-\udd7a]|\udb40[\udc00-\udc7f]/g

/** A flag of a part of a country: a black flag, its letters as tags, and the end (Unicode TR51). */
const FLAG = /\ud83c\udff4(?:\udb40[\udc30-\udc39\udc61-\udc7a]){3,6}\udb40\udc7f/
const UNSAFE_OR_FLAG = new RegExp(`${FLAG.source}|${UNSAFE.source}`, 'g')

/** What words of Persian and Hindi, and emoji of several people, are joined with. */
const JOINERS = ['\u200c', '\u200d']
const JOINED = /^[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}]$/u

const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r' }

/**
 * `text` with every character that could act on a terminal, or hide in it, shown as `\n`, `\x1b`,
 * `\u202e` or `\u{e0041}`. A joiner between two letters, marks or emoji is part of a word.
 */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE_OR_FLAG, (found: string, at: number) => {
    // a flag is all that is longer than one character
    if (found.length > 2) return found
    if (JOINERS.includes(found) && joins(text, at)) return found
    return SHORT[found] ?? escapeCode(found)
  })
}

/** `json` with every such character, joiners too, written as JSON itself would write it. */
export function escapeJson(json: string): string {
  return json.replace(UNSAFE, escapeUnits)
}

function joins(text: string, at: number): boolean {
  // of what is not in the basic plane, the last of two units comes before the joiner
  const before = /[^][\udc00-\udfff]$|[^]$/.exec(text.slice(Math.max(0, at - 2), at))?.[0] ?? ''
  const after = String.fromCodePoint(text.codePointAt(at + 1) ?? 0)
  return JOINED.test(before) && JOINED.test(after)
}

function escapeCode(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`
  return code < 0x10000 ? escapeUnits(char) : `\\u{${code.toString(16)}}`
}

// JSON knows no code points, only the one or two units of UTF-16
function escapeUnits(char: string): string {
  const unit = (at: number): string => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`
  return char.length === 1 ? unit(0) : unit(0) + unit(1)
}
