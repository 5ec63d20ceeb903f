import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { test } from 'brittle'
import { leftovers } from './leftovers.ts'
import { LONGEST, orderOf } from './order.ts'
import { onPosix } from './platform.ts'
import { Program } from './program.ts'

const ROOT = path.join(import.meta.dirname, '..', '..')

test('every file that is named as long is there, and may run beside others', (t) => {
  t.alike(orderOf([...LONGEST], ROOT), { together: LONGEST, alone: [] })
})

test('files run in their order, those that must be alone last', async (t) => {
  const folder = await t.tmp()
  const files = {
    'alone.test.ts': '// alone: it measures the machine\n',
    'other.test.ts': '// not alone: it measures nothing\n',
    'another.test.ts': "import 'alone'\n// alone: said too late\n"
  }
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text)
  t.alike(orderOf(Object.keys(files), folder), {
    together: ['another.test.ts', 'other.test.ts'],
    alone: ['alone.test.ts']
  })
})

for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
  onPosix(
    `${signal} ends the runner with all that it started, and no folder is left`,
    async (t) => {
      const temporary = await t.tmp()
      const ready = path.join(await t.tmp(), 'ready')
      const file = path.join(import.meta.dirname, 'lasting.ts')
      const runner = new Program(t, [os.execPath(), path.join(ROOT, 'test', 'all.ts'), file], {
        env: { TMPDIR: temporary, READY: ready }
      })
      const group = await numberIn(ready)
      t.not(leftovers(group, temporary).length, 0)
      t.is(await runner.stop(signal), 1)
      t.alike(leftovers(group, temporary), [])
      t.alike(fs.readdirSync(temporary), [])
    }
  )
}

/** The number in `file`, once that is there. */
function numberIn(file: string): Promise<number> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!fs.existsSync(file)) return
      watcher.close()
      resolve(Number(String(fs.readFileSync(file))))
    }
    const watcher = fs.watch(path.dirname(file), look)
    look()
  })
}
