import b4a from 'b4a'
import { test } from 'brittle'
import { parseDelimiter, splitLines } from '../../shared/app/lines.ts'
import { chunked, inChunksOf } from '../helpers/stream.ts'

interface Options {
  delimiter?: Uint8Array
  limit?: number
}

async function split(chunks: AsyncIterable<Uint8Array>, options?: Options): Promise<Uint8Array[]> {
  const blocks: Uint8Array[] = []
  for await (const batch of splitLines(chunks, options)) blocks.push(...batch)
  return blocks
}

async function texts(chunks: AsyncIterable<Uint8Array>, options?: Options): Promise<string[]> {
  return (await split(chunks, options)).map((block) => b4a.toString(block))
}

test('one line is one block, without its ending', async (t) => {
  t.alike(await texts(chunked('a\nb\n')), ['a', 'b'])
  t.alike(await texts(chunked('a\r\nb\r\n')), ['a', 'b'])
  t.alike(await texts(chunked()), [])
})

test('the last line counts without its newline', async (t) => {
  t.alike(await texts(chunked('a\nb')), ['a', 'b'])
  t.alike(await texts(chunked('a')), ['a'])
  t.alike(await texts(chunked('a\n')), ['a'], 'and nothing behind the last newline is no line')
})

test('an empty line is a block', async (t) => {
  t.alike(await texts(chunked('\n')), [''])
  t.alike(await texts(chunked('\n\na\n\n')), ['', '', 'a', ''])
  t.alike(await texts(chunked('\r\n')), [''])
})

test('only the carriage return that ends a line belongs to its ending', async (t) => {
  t.alike(await texts(chunked('\ra\rb\n\r\n\r\r\n')), ['\ra\rb', '', '\r'])
  t.alike(await texts(chunked('a\r')), ['a\r'], 'at the end of the input there is no newline to it')
})

test('where chunks begin and end makes no difference', async (t) => {
  const text = 'first\n\nzweite Zeile: äöü\r\n三番目\n🍐🍐\n\r\nlast'
  const lines = ['first', '', 'zweite Zeile: äöü', '三番目', '🍐🍐', '', 'last']
  const bytes = b4a.from(text)
  for (let size = 1; size <= bytes.byteLength; size++) {
    t.alike(await texts(inChunksOf(size, bytes)), lines, `chunks of ${size} bytes`)
  }
  t.alike(await texts(chunked('', 'fir', '', 'st\n', '')), ['first'], 'empty chunks')
})

test('a carriage return and its newline may come in two chunks', async (t) => {
  t.alike(await texts(chunked('a\r', '\nb\r', 'c\n')), ['a', 'b\rc'])
})

test('bytes are kept exactly', async (t) => {
  const block = b4a.from([0, 0xff, 0xc3, 0x28, 0x80, 13, 0, 0xed, 0xa0, 0x80])
  const input = b4a.concat([block, b4a.from('\n'), block])
  for (const size of [1, 3, 64]) t.alike(await split(inChunksOf(size, input)), [block, block])
})

test('a chunk gives all of its lines at once', async (t) => {
  const batches: number[] = []
  for await (const batch of splitLines(chunked('a\nb\nc', 'd\n', 'e', 'f\ng\n'))) {
    batches.push(batch.length)
  }
  t.alike(batches, [2, 1, 2])
})

test('blocks end where the delimiter says', async (t) => {
  const nul = { delimiter: parseDelimiter('\\0') }
  t.alike(await texts(chunked('a\nb\0c\r\0'), nul), ['a\nb', 'c\r'], 'with nothing else cut off')
  const comma = { delimiter: parseDelimiter(', ') }
  t.alike(await texts(chunked('a, b,c, , d'), comma), ['a', 'b,c', '', 'd'])
})

test('a delimiter of several bytes may come in several chunks', async (t) => {
  const delimiter = parseDelimiter('--🍐')
  const bytes = b4a.from('a--🍐--b-🍐--🍐--🍐c--')
  for (let size = 1; size <= bytes.byteLength; size++) {
    t.alike(await texts(inChunksOf(size, bytes), { delimiter }), ['a', '--b-🍐', '', 'c--'])
  }
})

test('a delimiter that overlaps itself ends a block where it is first complete', async (t) => {
  const delimiter = parseDelimiter('aab')
  for (const size of [1, 2, 3, 20]) {
    const blocks = await texts(inChunksOf(size, b4a.from('xaaabyaab')), { delimiter })
    t.alike(blocks, ['xa', 'y'], `chunks of ${size} bytes`)
  }
})

test('a line may be as long as a block', async (t) => {
  for (const size of [1, 4, 5, 20]) {
    const blocks = await texts(inChunksOf(size, b4a.from('1234\n5678\r\n90ab')), { limit: 4 })
    t.alike(blocks, ['1234', '5678', '90ab'], `chunks of ${size} bytes`)
  }
})

test('a line that is too long is named, and those before it are kept', async (t) => {
  for (const ending of ['\n', '\r\n', '']) {
    for (const size of [1, 4, 5, 7, 20]) {
      const blocks: string[] = []
      const input = inChunksOf(size, b4a.from(`ab\n\n12345${ending}`))
      const reading = async (): Promise<void> => {
        for await (const batch of splitLines(input, { limit: 4 })) {
          blocks.push(...batch.map((block) => b4a.toString(block)))
        }
      }
      await t.exception(reading(), /^Failure: line 3 is longer than a block can be \(4 bytes\)/)
      t.alike(blocks, ['ab', ''])
    }
  }
})

test('a line that is too long is refused before it has ended', async (t) => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield b4a.alloc(1000, 'x')
  }
  await t.exception(split(endless(), { limit: 10_000 }), /line 1 is longer/)
})

test('a delimiter may be written with escapes', (t) => {
  const parsed = (text: string): number[] => [...parseDelimiter(text)]
  t.alike(parsed('\\0'), [0])
  t.alike(parsed('\\n\\r\\t\\\\'), [10, 13, 9, 92])
  t.alike(parsed('\\x1e\\xFF'), [0x1e, 0xff])
  for (const text of ['a\\q', 'a\\', '\\x1']) t.is(parsed(text).length, 0, 'an escape that is none')
  t.alike(parsed('é'), [0xc3, 0xa9])
  t.alike(parsed(''), [])
})
