import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import { type Test, skip, test } from 'brittle'
import { definition as reader } from '../../reader-app/command.ts'
import { definition as writer } from '../../writer-app/command.ts'
import { ROOT } from '../helpers/launch.ts'
import { Program } from '../helpers/program.ts'

const FOLDER = path.join(ROOT, 'completions')

for (const [shell, complete] of Object.entries({ bash, zsh, fish })) {
  const run = isInstalled(shell) ? test : skip

  run(`${shell} completes the flags of both apps`, async (t) => {
    t.alike(await complete(t, 'writer-app', '--exit'), ['--exit-on-eof'])
    t.alike(await complete(t, 'reader-app', '--resu'), ['--resume'])
    t.alike(await complete(t, 'reader-app', '--exit'), [], 'and none that an app has not')
  })

  run(`${shell} completes --storage with folders, and no other value with anything`, async (t) => {
    const folder = await t.tmp()
    fs.mkdirSync(path.join(folder, 'a-folder'))
    fs.writeFileSync(path.join(folder, 'a-file'), '')
    const [found = '', ...others] = await complete(t, 'writer-app', `--storage ${folder}/a-f`)
    t.is(found.replace(/\/$/, ''), path.join(folder, 'a-folder'))
    t.alike(others, [])
    t.alike(await complete(t, 'reader-app', `--count ${folder}/a-f`), [])
  })
}

test('what completes in bash is every flag of --help', (t) => {
  for (const definition of [writer, reader]) {
    const text = String(fs.readFileSync(path.join(FOLDER, `${definition.name}.bash`)))
    const flags = [...definition.help().matchAll(/^ {2}(--[^\s[]+)/gm)].map(
      ([, names = '']) => names
    )
    t.ok(flags.length > 5)
    for (const name of flags.flatMap((names) => names.split('|'))) {
      t.ok(new RegExp(`^.*(?<![\\w-])${name}(?![\\w-])`, 'm').test(text), name)
    }
  }
})

/** What bash offers for the last word of `line`, which follows the name of `app`. */
function bash(t: Test, app: string, line: string): Promise<string[]> {
  const script = `. '${FOLDER}/${app}.bash'
    COMP_WORDS=(${app} ${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    call=$(complete -p ${app}); call=\${call#*-F }; \${call%% *}
    printf '%s\\n' "\${COMPREPLY[@]}"`
  return linesOf(t, ['bash', '--norc', '-c', script])
}

async function fish(t: Test, app: string, line: string): Promise<string[]> {
  const script = `source '${FOLDER}/${app}.fish'; complete -C '${app} ${line}'`
  const lines = await linesOf(t, ['fish', '--no-config', '-c', script])
  return lines.map((text) => text.split('\t')[0] ?? '')
}

/** What zsh, on a terminal of its own, makes of `line` when Tab is pressed at its end. */
async function zsh(t: Test, app: string, line: string): Promise<string[]> {
  const script = `zmodload zsh/zpty
    zpty shell "PS1= PROMPT_EOL_MARK= zsh -f -i"
    zpty -w shell "fpath=('${FOLDER}' \\$fpath); autoload -Uz compinit; compinit -D -u"
    zpty -w shell "setopt no_list_beep no_auto_list; print -r -- be''gin"
    zpty -r shell answer '*begin*'
    zpty -n -w shell $'${app} ${line}\\t\\x01print -r -- "<\\x05>"\\n'
    zpty -r shell answer '*\n<*>*'
    print -r -- "$answer"
    zpty -d shell`
  const [answer = ''] = (await linesOf(t, ['zsh', '-f', '-c', script])).flatMap((text) => {
    return /^<(.*)>/.exec(text)?.[1] ?? []
  })
  const words = answer.trim().split(' ')
  const last = words.at(-1) ?? ''
  return last === line.split(' ').at(-1) ? [] : [last]
}

async function linesOf(t: Test, command: string[]): Promise<string[]> {
  const program = new Program(t, command, { env: { HOME: await t.tmp(), TERM: 'dumb' } })
  await program.ending
  return program.stdout.text.split(/\r?\n/).filter((text) => text !== '')
}

function isInstalled(shell: string): boolean {
  const folders = (os.getEnv('PATH') ?? '').split(path.delimiter)
  return folders.some((folder) => fs.existsSync(path.join(folder, shell)))
}
