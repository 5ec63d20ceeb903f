// Checked with hypercore 11.37.1.
import type { Hypercore } from 'hypercore'

interface Appending {
  append(
    blocks: Uint8Array[],
    options: { signature?: Uint8Array; postappend(): void }
  ): Promise<{ length: number; byteLength: number }>
  readonly state: { readonly signature: Uint8Array }
}

/**
 * Appends `blocks`: with the key of the log, or with the writer's `signature` of the length after them.
 * `ongrown` is told that signature once the log has grown, before anybody is told by the event
 * `append`. No public way: the event says neither what was appended nor by whom.
 */
export function appendBlocks(
  core: Hypercore,
  blocks: Uint8Array[],
  { signature, ongrown }: { signature?: Uint8Array; ongrown(signature: Uint8Array): void }
): Promise<{ length: number; byteLength: number }> {
  const appending = core as unknown as Appending
  return appending.append(blocks, {
    ...(signature && { signature }),
    postappend: () => ongrown(appending.state.signature)
  })
}
