import { test } from 'brittle'
import { Progress, type Work, duration, grouped } from '../../shared/app/progress.ts'
import { StatusLine } from '../../shared/app/status-line.ts'

test('a line says how far it is, how fast, and how long it will take', (t) => {
  const scene = new Scene({ blocks: 0, of: 500_000, from: 0, peers: 2 })
  scene.progress.start()
  scene.pass(25_000)
  t.is(scene.drawn, 'at 25,000 of 500,000 (5 %)', 'the rate is not known yet')
  scene.pass(25_000)
  t.is(scene.drawn, 'at 50,000 of 500,000 (10 %), 100,000 blocks/s, 5 s left')
  for (let i = 0; i < 20; i++) scene.pass(0)
  t.is(scene.drawn, 'at 50,000 of 500,000 (10 %)', 'nothing comes any more')
  scene.pass(450_000)
  t.is(scene.drawn, null, 'there is no line of what is done')
})

test('the share is of what this run has to do', (t) => {
  const scene = new Scene({ blocks: 900, of: 1000, from: 900, peers: 1 })
  scene.progress.start()
  scene.pass(50)
  t.is(scene.drawn, 'at 950 of 1,000 (50 %)')
})

test('a rewind behind the beginning of the work makes no share less than none', (t) => {
  const scene = new Scene({ blocks: 900, of: 1000, from: 900, peers: 1 })
  scene.progress.start()
  scene.pass(-500)
  t.is(scene.drawn, 'at 400 of 1,000 (0 %)')
})

test('scripts are told every second, and a person when asked', (t) => {
  const scene = new Scene({ blocks: 0, of: 100, from: 0, peers: 1 })
  scene.progress.start()
  for (let i = 0; i < 8; i++) scene.pass(1)
  t.alike(scene.told, [
    { text: 'at 4 of 100 (4 %), 4 blocks/s, 24 s left', left: 24, only: 'scripts' },
    { text: 'at 8 of 100 (8 %), 4 blocks/s, 23 s left', left: 23, only: 'scripts' }
  ])
  scene.progress.tell()
  t.is(scene.told.at(-1)?.only, undefined)
})

test('off a terminal nothing is drawn', (t) => {
  const scene = new Scene({ blocks: 0, of: 100, from: 0, peers: 1 }, false)
  scene.progress.start()
  scene.pass(1)
  t.is(scene.drawn, null)
})

test('numbers and times are easy to read', (t) => {
  t.alike([0, 999, 1000, 1_234_567].map(grouped), ['0', '999', '1,000', '1,234,567'])
  t.alike([0, 59, 61, 7320].map(duration), ['0 s', '59 s', '1 min 1 s', '2 h 2 min'])
})

test('what is written stands above the line that is drawn', (t) => {
  const { line, written } = terminal()
  line.draw('50 %')
  line.write('news\n')
  line.draw('60 %')
  line.draw(null)
  line.write('more\n')
  t.is(written(), '\r\x1b[K50 %\r\x1b[Knews\n50 %\r\x1b[K60 %\r\x1b[Kmore\n')
})

test('a line that is drawn is no longer than the terminal is wide', (t) => {
  const { line, written } = terminal({ columns: 10 })
  line.draw('0123456789abc')
  t.is(written(), '\r\x1b[K012345678')
})

test('once a line was typed, what is written waits for the end of the next', (t) => {
  const { line, written } = terminal()
  line.write('before\n')
  line.lineTyped()
  line.write('connected\n')
  line.write('lost\n')
  t.is(written(), 'before\n')
  line.lineTyped()
  t.is(written(), 'before\nconnected\nlost\n')
  line.write('again\n')
  line.typingEnded()
  line.write('at once\n')
  t.is(written(), 'before\nconnected\nlost\nagain\nat once\n')
})

function terminal({ columns = 80 } = {}): { line: StatusLine; written(): string } {
  let text = ''
  const line = new StatusLine({
    isTerminal: true,
    columns,
    write(data) {
      text += String(data)
      return Promise.resolve(true)
    }
  })
  return { line, written: () => text }
}

/** Progress by a clock that the test moves. */
class Scene {
  drawn: string | null = null
  readonly told: { text: string; left: unknown; only: string | undefined }[] = []
  readonly progress: Progress
  readonly #work: Work
  #then = (): void => {}

  constructor(work: Work, draws = true) {
    this.#work = work
    const status = {
      info() {},
      error() {},
      draw: (line: string | null) => (this.drawn = line),
      tell: (tag: string, text: string, data: object, only?: string) => {
        this.told.push({ text, left: 'left' in data ? data.left : undefined, only })
      }
    }
    const describe = ({ blocks, of }: Work): string => `at ${grouped(blocks)} of ${grouped(of)}`
    const schedule = (ms: number, then: () => void) => {
      this.#then = then
      return () => {}
    }
    this.progress = new Progress(status, () => this.#work, describe, { draws, schedule })
  }

  /** A quarter of a second passes, and `blocks` more are done. */
  pass(blocks: number): void {
    this.#work.blocks += blocks
    this.#then()
  }
}
