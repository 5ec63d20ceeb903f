import type { Test } from 'brittle'
import { PRIVATE, closeTestnet, command, startWriter } from '../helpers/app.ts'
import { makeBackup, putBack } from '../helpers/backup.ts'
import { onLinux } from '../helpers/platform.ts'
import { Random } from '../helpers/random.ts'
import { storedLog } from '../helpers/stored.ts'
import { App } from './app.ts'
import { damageWal } from './disk.ts'

onLinux(
  'a backup of a writer at work holds what was acknowledged, and can be put back',
  async (t) => {
    const storage = await t.tmp()
    const backup = await t.tmp()
    const writer = startAtWork(t, storage)
    await writer.stores('one\ntwo\n', 2)
    await writer.app.freeze()
    makeBackup(storage, backup)
    writer.app.signal('SIGCONT')
    await writer.stores('three\n', 3)
    writer.app.signal('SIGKILL')
    await writer.app.ending

    putBack(backup, storage)
    t.alike((await storedLog(storage)).lines, ['one', 'two'])
    const again = await startWriter(t, [], { storage, length: 2 })
    await again.append('another three')
    t.is(again.key, writer.key(), 'it is the same log')
  }
)

onLinux(
  'a damaged write-ahead log loses blocks of the last run, and none from before',
  async (t) => {
    const storage = await t.tmp()
    const first = startAtWork(t, storage)
    await first.stores('before\n', 1)
    first.app.signal('SIGKILL')
    await first.app.ending
    const second = startAtWork(t, storage)
    const lines = Array.from({ length: 200 }, (_, i) => `line ${i}`)
    for (const [i, line] of lines.entries()) await second.stores(`${line}\n`, i + 2)
    second.app.signal('SIGKILL')
    await second.app.ending

    t.comment(damageWal(storage, new Random(1)))
    const { lines: left } = await storedLog(storage)
    t.ok(left.length > 0 && left.length < 201, `${left.length} of 201 are left`)
    t.alike(left, ['before', ...lines].slice(0, left.length))
  }
)

interface AtWork {
  app: App
  key(): string
  /** Writes `text`; resolves once `length` blocks are acknowledged. */
  stores(text: string, length: number): Promise<void>
}

function startAtWork(t: Test, storage: string): AtWork {
  let key = ''
  let length = 0
  let wake = (): void => {}
  const app = new App(t, [...command('writer-app'), '--json', '--storage', storage, ...PRIVATE], {
    onmessage({ tag, data }) {
      if (tag === 'append') length = data.length ?? 0
      key = data.key ?? key
      wake()
    },
    ongarbage: (line) => t.fail(line),
    onstatus() {}
  })
  return {
    app,
    key: () => key,
    async stores(text, wanted) {
      await app.write(text)
      while (length < wanted) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  }
}

closeTestnet()
