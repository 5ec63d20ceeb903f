import b4a from 'b4a'
import type { Hypercore } from 'hypercore'

/** Kept beside the blocks of the local copy; it is not replicated. */
const NAME = 'position'

/** The block that `--resume` goes on with; undefined where none was ever saved. */
export async function loadPosition(core: Hypercore): Promise<number | undefined> {
  const saved = await core.getUserData(NAME)
  return saved === null ? undefined : Number(b4a.toString(saved))
}

/** Remembers that every block before `position` has been taken. */
export async function savePosition(core: Hypercore, position: number): Promise<void> {
  await core.setUserData(NAME, b4a.from(String(position)))
}
