import { acknowledged, closeTestnet, command, homeEnv, PRIVATE, tagged } from '../helpers/app.ts'
import { Program } from '../helpers/program.ts'
import { storedLength } from '../helpers/stored.ts'
import { diskTest } from './disk.ts'

diskTest('a log is kept and opened again where there is no /proc', async (t) => {
  const storage = await t.tmp()
  const line = [...command('writer-app'), '--json', '--storage', storage, ...PRIVATE]
  const hidden = 'mount -t tmpfs tmpfs /proc && exec "$@"'
  for (const [start, length] of [
    [line, 1],
    [['unshare', '--mount', 'sh', '-c', hidden, 'sh', ...line], 2],
    [['unshare', '--mount', 'sh', '-c', hidden, 'sh', ...line], 3]
  ] as const) {
    const writer = new Program(t, [...start], { env: await homeEnv(t) })
    await tagged(writer, 'key')
    await writer.write(`line ${length}\n`)
    await acknowledged(writer, length)
    t.is(await writer.stop('SIGTERM'), 143)
  }
  t.is(await storedLength(storage), 3)
})

closeTestnet()
