import process from 'bare-process'

let figure = ''

/** Says on stderr which figure is being measured. */
export function startProgress(name: string): void {
  figure = name
}

/** Says on stderr what is going on within the figure. */
export function showProgress(text: string): void {
  process.stderr.write(`${figure}: ${text}\n`)
}
