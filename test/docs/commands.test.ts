import fs from 'bare-fs'
import path from 'bare-path'
import { type Test, test } from 'brittle'
import { ROOT, closeTestnet, startReader, startWriter } from '../helpers/app.ts'
import { numbered } from '../helpers/numbered.ts'
import { type Shell, commandsOf, openShell } from './shell.ts'
import { onPosix } from '../helpers/platform.ts'

/** What every recipe of the README does when it is run as it stands. */
const RECIPES: Record<string, (t: Test, shell: Shell, command: string) => Promise<void>> = {
  'tail -n 0 -F /var/log/app.log | bare writer-app': followsFile('a new line of the file arrived'),

  'tail -n 0 -F /var/log/app.log | bare writer-app --keep 7d': followsFile(
    'a line that is not a week old is there'
  ),

  'bare reader-app --seed --keep 50GB <key>': async (t, shell, command) => {
    const { key, append } = await startWriter(t)
    await append('kept')
    const seeder = shell.run(command.replace('<key>', key))
    await seeder.stderr.line(/holding every block so far \(1\)/)
    shell.interrupt()
    t.is(await seeder.ending, 130)
  },

  'bare reader-app --resume --keep 0 --raw <key> | logger -t app': async (t, shell, command) => {
    const { key, append } = await startWriter(t)
    const pipe = shell.run(command.replace('<key>', key).replace('logger -t app', 'cat'))
    await pipe.stderr.line(/connected to the writer/)
    await append('one')
    await pipe.stdout.line('one')
    await append('two')
    await pipe.stdout.line('two')
    shell.interrupt()
    await pipe.ending
    t.is(pipe.stdout.text, 'one\ntwo\n')
  },

  'bare writer-app --exit-on-eof < notes.txt': async (t, shell, command) => {
    fs.writeFileSync(path.join(shell.folder, 'notes.txt'), 'one\ntwo\n')
    const writer = shell.run(command)
    const key = keyOf(await writer.stdout.line(/^hypercore key: /))
    const reader = await startReader(t, key, ['--start', '0'])
    await reader.stdout.line('Block 1: two')
    t.is(await writer.ending, 0)
  },

  'bare reader-app --start 0 --raw <key> > copy.txt': async (t, shell, command) => {
    const { key, append } = await startWriter(t)
    await append('one', 'two')
    const reader = shell.run(command.replace('<key>', key))
    await content(path.join(shell.folder, 'copy.txt'), 'one\ntwo\n')
    shell.interrupt()
    t.is(await reader.ending, 130)
  },

  'bare reader-app --start 0 --no-follow --raw <key> > copy.txt': async (t, shell, command) => {
    const { key, append } = await startWriter(t)
    await append('one', 'two')
    const reader = shell.run(command.replace('<key>', key))
    t.is(await reader.ending, 0, 'it ends')
    t.is(fs.readFileSync(path.join(shell.folder, 'copy.txt'), 'utf8'), 'one\ntwo\n')
  },

  'bare reader-app --tail 10 <key>': async (t, shell, command) => {
    const { key, append } = await startWriter(t)
    const lines = numbered(12)
    await append(...lines)
    const reader = shell.run(command.replace('<key>', key))
    await reader.stdout.line('Skipping 2 earlier blocks...')
    await reader.stdout.line(`Block 11: ${lines[11]}`)
    await append('live')
    await reader.stdout.line('Block 12: live')
    shell.interrupt()
    t.is(await reader.ending, 130)
  },

  'bare reader-app --resume --no-follow --raw <key> >> archive.log': async (t, shell, command) => {
    const { key, append } = await startWriter(t)
    const archive = path.join(shell.folder, 'archive.log')
    const run = command.replace('<key>', key)
    t.is(await shell.run(run).ending, 0, 'the first look')
    await append('one', 'two')
    t.is(await shell.run(run).ending, 0, 'the second look')
    t.is(fs.readFileSync(archive, 'utf8'), 'one\ntwo\n')
  },

  'bare reader-app --seed <key>': async (t, shell, command) => {
    const { key, append } = await startWriter(t)
    await append('kept')
    const seeder = shell.run(command.replace('<key>', key))
    await seeder.stderr.line(/holding every block so far \(1\)/)
    shell.interrupt()
    t.is(await seeder.ending, 130)
    t.is(seeder.stdout.text, '')
  },

  'bare writer-app --private': async (t, shell, command) => {
    const writer = shell.run(command)
    const key = keyOf(await writer.stdout.line(/^hypercore key: /))
    const read = (await writer.stdout.line(/^read key: /)).slice('read key: '.length)
    const [reader, refused] = [await startReader(t, read), await startReader(t, key)]
    await reader.stdout.line('Skipping 0 earlier blocks...')
    await writer.write('a secret\n')
    await reader.stdout.line('Block 0: a secret')
    t.is(await refused.ending, 1, 'the hypercore key does not read it')
    t.is(refused.stdout.text.includes('Block'), false)
    shell.interrupt()
    t.is(await writer.ending, 130)
  },

  'bare reader-app <read-key>': async (t, shell, command) => {
    const { program, append } = await startWriter(t, ['--private'])
    const { data } = JSON.parse(program.stdout.lines[0] ?? '') as { data: { read: string } }
    const reader = shell.run(command.replace('<read-key>', data.read))
    await reader.stdout.line('Skipping 0 earlier blocks...')
    await append('a secret')
    await reader.stdout.line('Block 0: a secret')
    shell.interrupt()
    t.is(await reader.ending, 130)
  },

  "find . -print0 | bare writer-app --delimiter '\\0'": async (t, shell, command) => {
    fs.writeFileSync(path.join(shell.folder, 'two\nlines'), '')
    const pipe = shell.run(command)
    const key = keyOf(await pipe.stdout.line(/^hypercore key: /))
    const reader = await startReader(t, key, ['--start', '0', '--json'])
    await reader.stdout.line(/two\\nlines/)
    shell.interrupt()
    await pipe.ending
    t.pass('a name that holds a line break arrived as one block')
  },

  "bare reader-app --start 0 --no-follow --raw --delimiter '\\0' <key> | xargs -0 ls": async (
    t,
    shell,
    command
  ) => {
    fs.writeFileSync(path.join(shell.folder, 'two lines'), '')
    const { key, append } = await startWriter(t)
    await append('./two lines')
    const pipe = shell.run(command.replace('<key>', key))
    await pipe.stdout.line('./two lines')
    t.is(await pipe.ending, 0)
  }
}

/** Run by continuous integration itself, or by a test in a network namespace. */
const ELSEWHERE = [
  'npm install && npm start',
  'npm install && npm test',
  'npm ci',
  'npm run lint',
  'npm test',
  'npm run bench',
  'npm run make',
  'npm run test:torture'
]

test('every command in README.md and CONTRIBUTING.md is run by a test', (t) => {
  const commands = ['README.md', 'CONTRIBUTING.md'].flatMap(commandsOf)
  t.alike(
    commands.filter((command) => !(command in RECIPES) && !ELSEWHERE.includes(command)),
    []
  )
  t.alike(
    Object.keys(RECIPES).filter((command) => !commands.includes(command)),
    [],
    'and every recipe that is tested is in the README'
  )
  const { scripts } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  for (const command of ELSEWHERE) {
    const script = /npm (?:run )?([\w:]+)$/.exec(command)?.[1] ?? ''
    t.ok(script === 'ci' || script in scripts, command)
  }
})

for (const [command, recipe] of Object.entries(RECIPES)) {
  onPosix(command, async (t) => recipe(t, await openShell(t), command))
}

closeTestnet()

/** What a command does that broadcasts a log file as it grows; `told` says what a passing test has shown. */
function followsFile(told: string) {
  return async (t: Test, shell: Shell, command: string) => {
    const log = path.join(shell.folder, 'app.log')
    fs.writeFileSync(log, 'before\n')
    const pipe = shell.run(command.replace('/var/log/app.log', log))
    const key = keyOf(await pipe.stdout.line(/^hypercore key: /))
    const reader = await startReader(t, key, ['--start', '0'])
    await reader.stdout.line('Skipping 0 earlier blocks...')
    fs.appendFileSync(log, 'after\n')
    await reader.stdout.line('Block 0: after')
    shell.interrupt()
    await pipe.ending
    t.pass(told)
  }
}

function keyOf(line: string): string {
  return line.slice(-64)
}

/** Resolves once `file` holds `text`. */
function content(file: string, text: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text) return
      watcher.close()
      resolve()
    }
    const watcher = fs.watch(path.dirname(file), () => look())
    look()
  })
}
