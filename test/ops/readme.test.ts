// What ops/README.md says, run as it stands, with stand-ins for systemd, of which one machine has one.
import fs from 'bare-fs'
import os from 'bare-os'
import path from 'bare-path'
import type { Test } from 'brittle'
import { commandsOf } from '../docs/shell.ts'
import { PRIVATE, ROOT, closeTestnet, command, homeEnv, startWriter } from '../helpers/app.ts'
import { onLinux } from '../helpers/platform.ts'
import { Program } from '../helpers/program.ts'

const COMMANDS = commandsOf('ops/README.md')
const PIPE = COMMANDS.find((command) => command.includes('tee')) ?? ''
/** What systemd answers when it is asked for something. */
const SYSTEMD: Record<string, string> = {
  systemctl: '',
  loginctl: '',
  'systemd-escape': 'var-log-app.log',
  journalctl: 'hypercore key: 00'
}

onLinux('the commands of ops/README.md put each program where the services start it', async (t) => {
  const machine = await Machine.create(t)
  for (const command of COMMANDS) {
    if (command === PIPE) continue
    const program = machine.run(command)
    t.is(await program.ending, 0, command)
    t.is(program.stderr.text, '')
  }
  const { home } = machine
  const programs = ['archive-log.sh', 'follow-log.sh', 'reader-app', 'writer-app']
  t.alike(fs.readdirSync(path.join(home, '.local', 'bin')).sort(), programs)
  const services = fs.readdirSync(path.join(home, '.config', 'systemd', 'user')).sort()
  t.alike(services, ['reader-app-seed@.service', 'writer-app-follow@.service'])
  for (const service of services) {
    const text = String(fs.readFileSync(path.join(ROOT, 'ops', 'systemd', service)))
    const started = /^ExecStart=%h\/\.local\/bin\/(\S+)/m.exec(text)?.[1] ?? 'nothing'
    t.ok(programs.includes(started), `${service} starts ${started}`)
  }
  t.alike(machine.calls, [
    'systemctl --user daemon-reload',
    'systemctl --user enable --now reader-app-seed@<key>',
    'loginctl enable-linger',
    'systemd-escape --path /var/log/app.log',
    'systemctl --user enable --now writer-app-follow@var-log-app.log',
    'systemd-escape --path /var/log/app.log',
    'journalctl --user -u writer-app-follow@var-log-app.log'
  ])
})

onLinux('the line of the crontab runs in the environment that cron gives it', async (t) => {
  const machine = await Machine.create(t)
  for (const command of COMMANDS.slice(0, 2)) t.is(await machine.run(command).ending, 0, command)
  const { key, append } = await startWriter(t)
  await append('a')
  const crontab = String(fs.readFileSync(path.join(ROOT, 'ops', 'crontab')))
  const line = /^\*\/10 \* \* \* \* (.+)$/m.exec(crontab)?.[1] ?? 'false'
  const cron = machine.run(line.replace('KEY', key), '/usr/bin:/bin')
  t.is(await cron.ending, 0)
  t.is(String(fs.readFileSync(path.join(machine.home, 'archive.log'))), 'a\n')
})

onLinux('one reader feeds any number of programs', async (t) => {
  const machine = await Machine.create(t)
  const { key, append } = await startWriter(t)
  await append('all is well', 'an error')
  const pipe = PIPE.replace('--raw <key>', `--start 0 --no-follow --raw ${key}`)
  t.is(await machine.run(pipe).ending, 0)
  const read = (name: string): string => String(fs.readFileSync(path.join(machine.folder, name)))
  t.is(read('all.log'), 'all is well\nan error\n')
  t.is(read('errors.log'), 'an error\n')
})

/** A machine on which `npm run make` has run. */
class Machine {
  readonly folder: string
  readonly home: string
  readonly #t: Test
  readonly #bin: string
  readonly #log: string

  private constructor(t: Test, folder: string, home: string) {
    this.#t = t
    this.folder = folder
    this.home = home
    this.#bin = path.join(folder, 'bin')
    this.#log = path.join(folder, 'calls')
  }

  static async create(t: Test): Promise<Machine> {
    const { HOME = '' } = await homeEnv(t)
    const machine = new Machine(t, await t.tmp(), HOME)
    const out = path.join(machine.folder, 'out', 'linux-x64')
    for (const folder of [out, machine.#bin]) fs.mkdirSync(folder, { recursive: true })
    for (const name of ['writer-app', 'reader-app'] as const) {
      const app = [...command(name), ...PRIVATE].join(' ')
      machine.#script(path.join(out, name), `exec ${app} "$@"`)
      machine.#script(path.join(machine.#bin, name), `exec ${app} "$@"`)
    }
    for (const [name, answer] of Object.entries(SYSTEMD)) {
      const tell = `echo "${name} $*" >> '${machine.#log}'`
      machine.#script(path.join(machine.#bin, name), `${tell}\necho "${answer}"`)
    }
    fs.symlinkSync(path.join(ROOT, 'ops'), path.join(machine.folder, 'ops'))
    return machine
  }

  /** What systemd was asked for. */
  get calls(): string[] {
    return String(fs.readFileSync(this.#log)).trimEnd().split('\n')
  }

  run(command: string, PATH = `${this.#bin}:${os.getEnv('PATH') ?? ''}`): Program {
    return new Program(this.#t, ['/bin/sh', '-c', command.replace('@<key>', "'@<key>'")], {
      cwd: this.folder,
      env: { HOME: this.home, PATH }
    })
  }

  #script(file: string, text: string): void {
    fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  }
}

closeTestnet()
