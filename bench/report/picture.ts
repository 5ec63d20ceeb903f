// What the pictures of the bench are drawn with.

/** Legible on the light and on the dark pages of a forge. */
export const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 }
  .note, .name { fill: #59636e }
  .name { text-anchor: end }
  .pair { fill: #1a7f64 }
  .baseline { fill: #afb8c1 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .note, .name { fill: #9198a1 }
    .pair { fill: #3fb68b }
    .baseline { fill: #57606a }
  }`

/** A text of a class of STYLE, whose middle is at height `y`. */
export function text(kind: string, x: number, y: number, content: string): string {
  const safe = content.replace(/&/g, '&amp;').replace(/</g, '&lt;')
  return `<text class="${kind}" x="${x.toFixed(1)}" y="${y}" dominant-baseline="central">${safe}</text>`
}
