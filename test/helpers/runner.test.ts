import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { test } from 'brittle'
import { leftovers } from './leftovers.ts'
import { LONGEST, orderOf } from './order.ts'
import { onPosix } from './platform.ts'
import { Program } from './program.ts'
import { runBatch } from './runner.ts'

const ROOT = path.join(import.meta.dirname, '..', '..')

test('every file that is named as long is there', (t) => {
  t.alike(
    orderOf([...LONGEST], ROOT),
    LONGEST.map((file) => [file])
  )
})

test('short files share a process, those that start nothing first, and then a few that do', async (t) => {
  const folder = await t.tmp()
  const files = {
    'apps.test.ts': "import { startApp } from '../helpers/app.ts'\n",
    'child.test.ts': "import { spawn } from 'bare-subprocess'\n",
    'dht.test.ts': "import HyperDHT from 'hyperdht'\n",
    'swarm.test.ts': "import { announce } from '../helpers/swarm.ts'\n",
    'other.test.ts': '',
    'another.test.ts': '',
    'below/one.test.ts': "import '../helpers/append.ts'\n"
  }
  fs.mkdirSync(path.join(folder, 'below'))
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text)
  t.alike(orderOf(Object.keys(files), folder), [
    ['another.test.ts', 'other.test.ts'],
    ['below/one.test.ts'],
    ['apps.test.ts', 'child.test.ts', 'dht.test.ts'],
    ['swarm.test.ts']
  ])
})

test('of files that share a process every test counts, and one that throws fails them all', async (t) => {
  const folder = await t.tmp()
  const brittle = path.join(ROOT, 'node_modules', 'brittle', 'index.js').replaceAll('\\', '/')
  const write = (name: string, text: string): string => {
    const file = path.join(folder, name)
    fs.writeFileSync(file, `import { test } from '${brittle}'\n${text}\n`)
    return file
  }
  const good = write('good.mjs', "test('is', (t) => t.pass())")
  const bad = write('bad.mjs', "test('is', (t) => t.pass())\ntest('is not', (t) => t.fail())")
  const thrown = write('thrown.mjs', "throw new Error('thrown')")
  const counts = async (files: string[]): Promise<number[]> => {
    const { passed, failed } = await runBatch(files, ROOT)
    return [passed, failed]
  }
  t.alike(await counts([bad, good]), [2, 1])
  const [, failed = 0] = await counts([good, thrown])
  t.ok(failed > 0)
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
