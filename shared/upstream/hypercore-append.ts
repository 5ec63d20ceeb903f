// Checked with hypercore 11.37.1.
import type { Hypercore } from 'hypercore'
import type { Members } from './members.ts'

interface Appending {
  append(
    blocks: Uint8Array[],
    options: { signature?: Uint8Array; postappend(): void }
  ): Promise<{ length: number; byteLength: number }>
  readonly state: { readonly length: number; readonly signature: Uint8Array }
  readonly core: { readonly header: { readonly hints: { contiguousLength: number } } }
}

/** What this module uses of a core that is ready. */
export const APPEND_MEMBERS: Members = {
  'core.core.header.hints.contiguousLength': 'number'
}

/**
 * Appends `blocks`: with the key of the log, or with the writer's `signature` of the length after them.
 * `ongrown` is told that signature once they are in the store and the log has grown, before anybody is
 * told by the event `append`. No public way: the event says neither what was appended nor by whom.
 */
export function appendBlocks(
  core: Hypercore,
  blocks: Uint8Array[],
  { signature, ongrown }: { signature?: Uint8Array; ongrown(signature: Uint8Array): void }
): Promise<{ length: number; byteLength: number }> {
  const appending = core as unknown as Appending
  return appending.append(blocks, {
    ...(signature && { signature }),
    postappend() {
      const { state } = appending
      noteContiguous(appending, state.length - blocks.length)
      ongrown(state.signature)
    }
  })
}

// The append has stored that the log has no hole up to its new end. Where Hypercore finds that out by
// itself it stores it once more, and ends no append before.
function noteContiguous({ core, state }: Appending, start: number): void {
  const { hints } = core.header
  if (hints.contiguousLength === start) hints.contiguousLength = state.length
}
