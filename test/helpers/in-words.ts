import b4a from 'b4a'

/** What an app tells scripts alone. */
const UNTOLD = ['end', 'progress', 'caughtup']
const LF = 10

interface Event {
  cmd: string
  tag: string
  data: Record<string, unknown>
}

/** Makes of the events that --json brings the lines that a person would be told; leaves all else. */
export function inWords(onevent: (event: Event) => void): (chunk: Uint8Array) => Uint8Array {
  let rest: Uint8Array = new Uint8Array(0)
  return (chunk) => {
    const bytes = b4a.concat([rest, chunk])
    // an event comes in whole lines; what is no event may not
    const end = bytes[0] === 123 ? bytes.lastIndexOf(LF) + 1 : bytes.byteLength
    rest = bytes.subarray(end)
    return b4a.from(b4a.toString(bytes.subarray(0, end)).replace(/^\{"cmd":.*\n/gm, told))
  }

  function told(line: string): string {
    const event = JSON.parse(line) as Event
    onevent(event)
    const { cmd, tag, data } = event
    // a person finds this on stdout
    if (tag === 'skip') return line
    return UNTOLD.includes(tag) ? '' : `${cmd}-app: ${String(data['message'])}\n`
  }
}
