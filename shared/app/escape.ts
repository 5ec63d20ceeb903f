// C0 and C1 controls and DEL move the cursor or run the terminal's commands; the bidirectional
// controls, the zero-width marks and the line and paragraph separators make text read as what it is
// not (Unicode TR36, CVE-2021-42574). Tab is the one control that a line of a log often holds.
const UNSAFE =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r' }

/** `text` with every character that could act on a terminal shown as `\n`, `\x1b` or `\u202e`. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (char) => SHORT[char] ?? escapeCode(char))
}

/** `json` with every such character written as JSON itself would write it. */
export function escapeJson(json: string): string {
  return json.replace(UNSAFE, escapeUnit)
}

function escapeCode(char: string): string {
  const code = char.charCodeAt(0)
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : escapeUnit(char)
}

function escapeUnit(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}
