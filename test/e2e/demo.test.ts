import os from 'bare-os'
import { skip, test } from 'brittle'
import { spawnSync } from 'bare-subprocess'
import { ROOT, homeEnv } from '../helpers/launch.ts'
import { CTRL_C, runOnTerminal } from '../helpers/terminal.ts'

// the demo's two processes meet by the beacon of the local network: here that is loopback alone, and
// nothing that they might leave behind outlives it
const LONELY = 'ip link set lo up && exec "$@"'
const unshare = ['-npf', '-rnpf']
  .map((flags) => ['unshare', flags, '--kill-child', 'sh', '-c', LONELY, 'sh'])
  .find(([file = '', ...args]) => spawnSync(file, [...args, 'script', '-V']).status === 0)
const onLoopback = unshare === undefined ? skip : test

onLoopback('npm start runs a writer and a reader in one terminal, until Ctrl-C', async (t) => {
  const demo = [...(unshare ?? []), os.execPath(), 'demo/pair.ts']
  const env = await homeEnv(t)
  const terminal = runOnTerminal(t, demo, { env, cwd: ROOT })
  await terminal.stdout.line(
    /^writer-app: read along in another terminal: bare reader-app --bootstrap none [0-9a-f]{64}\r$/
  )
  await terminal.stdout.line('Skipping 0 earlier blocks...\r')
  t.ok(/^hypercore key: [0-9a-f]{64}\r$/m.test(terminal.stdout.text))
  await terminal.write('hello\n')
  await terminal.stdout.line('Block 0: hello\r')
  await terminal.write('world\n')
  await terminal.stdout.line('Block 1: world\r')
  await terminal.write(CTRL_C)
  t.is(await terminal.ending, 0)
  t.absent(terminal.stdout.text.includes('bug'), 'nothing went wrong on the way')
})
