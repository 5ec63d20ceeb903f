/** One line of a terminal, with how it looks: what was typed, what came on stdout or on stderr. */
export interface Line {
  text: string
  from: 'prompt' | 'typed' | 'stdout' | 'stderr'
}

interface Terminal {
  title: string
  lines: Line[]
}

const WIDTH = 760
const MARGIN = 16
const BAR = 28
const ROW = 20
const GAP = 18
const COLOURS = { prompt: '#7ee787', typed: '#e6edf3', stdout: '#a5d6ff', stderr: '#7d8590' }

/** Draws terminals one below the other, in an SVG that needs no font of its own. */
export function drawTerminals(terminals: Terminal[], label: string): string {
  let top = 0
  const drawn = terminals.map(({ title, lines }) => {
    const height = BAR + MARGIN + lines.length * ROW + MARGIN / 2
    const window = drawTerminal(title, lines, top, height)
    top += height + GAP
    return window
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top - GAP}" role="img" aria-label="${label}">`,
    '<style>text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre }</style>',
    ...drawn,
    '</svg>',
    ''
  ].join('\n')
}

function drawTerminal(title: string, lines: Line[], top: number, height: number): string {
  const rows = lines.map(({ text, from }, row) => {
    const y = top + BAR + MARGIN + row * ROW + 6
    return `<text x="${MARGIN}" y="${y}" fill="${COLOURS[from]}">${escapeXml(text)}</text>`
  })
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map(
    (fill, i) => `<circle cx="${MARGIN + 4 + i * 18}" cy="${top + BAR / 2}" r="5" fill="${fill}"/>`
  )
  return [
    `<rect x="0.5" y="${top + 0.5}" width="${WIDTH - 1}" height="${height - 1}" rx="8" fill="#0d1117" stroke="#30363d"/>`,
    ...dots,
    `<text x="${WIDTH / 2}" y="${top + BAR / 2 + 4}" fill="#7d8590" text-anchor="middle">${escapeXml(title)}</text>`,
    ...rows
  ].join('\n')
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
