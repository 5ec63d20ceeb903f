// Draws docs/terminals.svg and docs/progress.svg from a real run on a private DHT: a writer and a reader as
// two processes, lines typed into the one, whatever either prints in the order in which it came; and a
// seeder on a terminal that catches up with a long log.
import b4a from 'b4a'
import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { type Subprocess, spawn } from 'bare-subprocess'
import createTestnet from 'hyperdht/testnet'
import { type Line, drawTerminals } from './picture/svg.ts'

const OUT = path.join('docs', 'terminals.svg')
const PROGRESS = path.join('docs', 'progress.svg')
const LONG = 400_000

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
  drawTerminals(
    [
      {
        title: 'one terminal',
        lines: [{ text: '$ bare writer-app', from: 'prompt' }, ...writer.lines]
      },
      {
        title: 'another, anywhere',
        lines: [{ text: `$ bare reader-app ${key}`, from: 'prompt' }, ...reader.lines]
      }
    ],
    'A writer and a reader in two terminals'
  )
)
for (const { child } of [reader, writer]) await ended(child)
fs.writeFileSync(PROGRESS, await drawProgress())
fs.rmSync(storage, { recursive: true })
await testnet.destroy()
Bare.exit(0)

/** A seeder in the middle of its work, and at the end. */
async function drawProgress(): Promise<string> {
  const source = start('writer-app', [])
  const key = (await printed(source, /^hypercore key: /)).split(' ').pop() ?? ''
  const line = 'x'.repeat(99)
  source.child.stdin?.end(`${line}\n`.repeat(LONG))
  await printed(source, /stdin ended/)

  const flags = [...common.slice(0, -1), path.join(storage, 'seeder'), '--seed', key]
  const command = [os.execPath(), 'reader-app', ...flags].join(' ')
  const child = spawn('script', ['-qefc', `stty cols 100; exec ${command}`, '/dev/null'])
  let text = ''
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      text += b4a.toString(chunk as Uint8Array)
      if (/holding every block so far/.test(text)) resolve()
    })
  })
  child.stdin?.write('\x03')
  await new Promise<void>((resolve) => child.on('exit', () => resolve()))
  await ended(source.child)

  // each time that the line is drawn anew, the cursor goes back and the line is emptied
  const screens = text.split('\r\x1b[K').map((_, i, all) => all.slice(0, i + 1).join('\r\x1b[K'))
  const drawn = screens.filter((screen) => / left$/.test(screen))
  const middle = drawn[drawn.length >> 1] ?? ''
  const prompt: Line = { text: `$ bare reader-app --seed ${key.slice(0, 40)}…`, from: 'prompt' }
  const shown = (screen: string): Line[] => [
    prompt,
    ...screen
      .split('\n')
      .map((row) => row.replace(/\r$/, '').split('\r\x1b[K').at(-1) ?? '')
      .filter((row) => row !== '' && !row.startsWith('^C'))
      .map((row): Line => ({ text: row, from: 'stderr' }))
  ]
  return drawTerminals(
    [
      { title: 'while it catches up', lines: shown(middle) },
      { title: 'and then', lines: shown(text) }
    ],
    'A reader that catches up with a log, and says how far it is'
  )
}

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
