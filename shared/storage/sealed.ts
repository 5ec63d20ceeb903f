import b4a from 'b4a'
import sodium from 'sodium-universal'

/** Bytes of the checksum, of which the text has two digits each. */
const SUM = 32
/** What sealing makes a text longer by. */
export const SEAL_LENGTH = SUM * 2

/** `text` and its checksum: text, so that a person can read it. */
export function seal(text: string): string {
  return text + checksum(text)
}

/** What was sealed; null where it was not, or not in full. */
export function unseal(sealed: string): string | null {
  const text = sealed.slice(0, -SEAL_LENGTH)
  return sealed === seal(text) ? text : null
}

function checksum(text: string): string {
  const sum = b4a.alloc(SUM)
  sodium.crypto_generichash(sum, b4a.from(text))
  return b4a.toString(sum, 'hex')
}
