// Draws docs/terminals.svg from a real run: a writer and a reader as two processes on a private DHT,
// lines typed into the one, whatever either prints in the order in which it came.
import b4a from 'b4a'
import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { type Subprocess, spawn } from 'bare-subprocess'
import createTestnet from 'hyperdht/testnet'
import { type Line, drawTerminals } from './picture/svg.ts'

const OUT = path.join('docs', 'terminals.svg')

const testnet = await createTestnet(10)
const storage = fs.mkdtempSync(path.join(os.tmpdir(), 'pear-broadcast-'))
const common = ['--bootstrap', String(testnet.bootstrap[0]?.port), '--no-lan', '--storage', storage]

const writer = start('writer-app', [])
const key = (await printed(writer, /^hypercore key: /)).split(' ').pop() ?? ''
await type('typed before anyone was listening')

const reader = start('reader-app', [key])
await printed(reader, /^Skipping 1 /)
await type('hello from the other terminal')
await printed(reader, /^Block 1: /)
await type('no server in between: signed, kept, passed on')
await printed(reader, /^Block 2: /)

fs.writeFileSync(
  OUT,
  drawTerminals([
    {
      title: 'one terminal',
      lines: [{ text: '$ bare writer-app', from: 'prompt' }, ...writer.lines]
    },
    {
      title: 'another, anywhere',
      lines: [{ text: `$ bare reader-app ${key}`, from: 'prompt' }, ...reader.lines]
    }
  ])
)
for (const { child } of [reader, writer]) await ended(child)
fs.rmSync(storage, { recursive: true })
await testnet.destroy()
Bare.exit(0)

interface App {
  child: Subprocess
  lines: Line[]
  onprint: () => void
}

function start(name: string, args: string[]): App {
  const child = spawn(os.execPath(), [name, ...args, ...common], {
    stdio: ['pipe', 'pipe', 'pipe']
  })
  const app: App = { child, lines: [], onprint() {} }
  for (const from of ['stdout', 'stderr'] as const) {
    let rest = ''
    child[from]?.on('data', (chunk) => {
      const parts = (rest + b4a.toString(chunk as Uint8Array)).split('\n')
      rest = parts.pop() ?? ''
      for (const text of parts) app.lines.push({ text, from })
      app.onprint()
    })
  }
  return app
}

function printed(app: App, pattern: RegExp): Promise<string> {
  return new Promise((resolve) => {
    const look = (): void => {
      const line = app.lines.find(({ text }) => pattern.test(text))
      if (line) resolve(line.text)
    }
    app.onprint = look
    look()
  })
}

// as a terminal shows it: what is typed stands where it was typed
async function type(text: string): Promise<void> {
  writer.lines.push({ text, from: 'typed' })
  await new Promise<void>((resolve) => {
    writer.child.stdin?.write(`${text}\n`, () => resolve())
  })
}

function ended(child: Subprocess): Promise<void> {
  return new Promise((resolve) => {
    child.on('exit', () => resolve())
    os.kill(child.pid, 'SIGINT')
  })
}
