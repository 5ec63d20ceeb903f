// A writer and a reader in one terminal: two real processes that meet by themselves, by the beacon of
// the local network. What is typed goes to the writer; what is printed comes from the reader.
import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import process from 'bare-process'
import { type Subprocess, spawn } from 'bare-subprocess'
import { codeOf } from '../shared/errors.ts'

const storage = fs.mkdtempSync(path.join(os.tmpdir(), 'pear-broadcast-'))
// nothing of a trial run reaches the public DHT
const common = ['--bootstrap', 'none', '--storage', storage]

// apart from this terminal's signals, which are passed on once: a second one would cut a stop short
const detached = os.platform() !== 'win32'
const writer = spawn(os.execPath(), ['writer-app', ...common], {
  stdio: ['inherit', 'pipe', 'inherit'],
  detached
})
const key = await firstLine(writer)
process.stdout.write(`${key}\n`)

const reader = spawn(os.execPath(), ['reader-app', key.split(' ').pop() ?? '', ...common], {
  stdio: ['ignore', 'inherit', 'inherit'],
  detached
})
process.stderr.write('Type a line; the reader prints it once it has arrived. Ctrl-C ends both.\n')
process.stderr.write('A second window reads along with the command that the writer has printed.\n')

process.on('SIGHUP', () => stopBoth('SIGHUP'))
process.on('SIGINT', () => stopBoth('SIGINT'))
process.on('SIGTERM', () => stopBoth())
writer.on('exit', () => stopBoth())
reader.on('exit', () => stopBoth())

await Promise.all([exited(writer), exited(reader)])
fs.rmSync(storage, { recursive: true })
Bare.exit(0)

function stopBoth(signal = 'SIGTERM'): void {
  for (const app of [writer, reader]) {
    if (!running(app)) continue
    try {
      os.kill(app.pid, signal)
    } catch (err) {
      // it has ended, and we are yet to hear of it
      if (codeOf(err) !== 'ESRCH') throw err
    }
  }
}

async function firstLine({ stdout }: Subprocess): Promise<string> {
  let text = ''
  for await (const chunk of stdout ?? []) {
    text += String(chunk)
    const end = text.indexOf('\n')
    if (end !== -1) return text.slice(0, end)
  }
  throw new Error('the writer ended before it had printed its key')
}

function exited(app: Subprocess): Promise<void> {
  return new Promise((resolve) => {
    if (running(app)) app.on('exit', () => resolve())
    else resolve()
  })
}

function running({ exitCode, signalCode }: Subprocess): boolean {
  return exitCode === null && signalCode === null
}
