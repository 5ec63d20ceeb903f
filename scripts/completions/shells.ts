import type { Help } from 'paparam'

/** A flag as a shell completes it. */
interface Flag {
  /** With their dashes: the long one first. */
  names: string[]
  /** What its value is called; empty where it takes none. */
  value: string
  about: string
}

/** The completion of the app that `help` is about, by the name of its file. */
export function completions(help: Help): Record<string, string> {
  const flags = Object.entries(help.flags).map(([flag, about]) => parseFlag(flag, about))
  const args = Object.keys(help.args).map((arg) => arg.replace(/[<>[\]]/g, ''))
  return {
    [`${help.name}.bash`]: bash(help.name, flags),
    [`_${help.name}`]: zsh(help.name, flags, args),
    [`${help.name}.fish`]: fish(help.name, flags)
  }
}

// `--count|-n <n>` is what the parser reads; `--resume[=name]` is complete without its value
function parseFlag(flag: string, about: string): Flag {
  const [names = '', value = ''] = flag.replace(/\[.*\]$/, '').split(' ')
  return { names: names.split('|'), value: value.replace(/[<>]/g, ''), about }
}

function isFolder({ value }: Flag): boolean {
  return value === 'dir'
}

function bash(app: string, flags: Flag[]): string {
  const named = (some: Flag[]): string => some.flatMap(({ names }) => names).join(' | ')
  const words = flags.flatMap(({ names }) => names).join('\n')
  const call = `_${app.replaceAll('-', '_')}`
  return `# bash completion of ${app}, made of what --help says
${call}() {
  local IFS=$'\\n' word=\${COMP_WORDS[COMP_CWORD]}
  case \${COMP_WORDS[COMP_CWORD - 1]} in
  ${named(flags.filter(isFolder))})
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -d -- "$word"))
    ;;
  ${named(flags.filter((flag) => flag.value !== '' && !isFolder(flag)))})
    COMPREPLY=()
    ;;
  *)
    COMPREPLY=($(compgen -W '${words}' -- "$word"))
    ;;
  esac
}
complete -F ${call} ${app}
`
}

function zsh(app: string, flags: Flag[], args: string[]): string {
  const specs = flags.map((flag) => {
    const { names, value, about } = flag
    const action = value === '' ? '' : `:${value}:${isFolder(flag) ? '_files -/' : '()'}`
    const [only = ''] = names
    const spec = `[${about.replace(/[\\[\]:]/g, '\\$&')}]${action}`
    return names.length === 1
      ? quote(only + spec)
      : `${quote(`(${names.join(' ')})`)}{${names.join(',')}}${quote(spec)}`
  })
  // with a message in place of the empty list, nothing that begins with a dash would be completed
  const rest = args.map((arg) => quote(`:${arg}:()`))
  return `#compdef ${app}
# made of what --help says
_arguments -s \\
  ${[...specs, ...rest].join(' \\\n  ')}
`
}

function fish(app: string, flags: Flag[]): string {
  const lines = flags.map((flag) => {
    const [long = '', short] = flag.names
    const shortly = short === undefined ? '' : ` -s ${short.slice(1)}`
    const value =
      flag.value === '' ? '' : isFolder(flag) ? ' -x -a "(__fish_complete_directories)"' : ' -x'
    return `complete -c ${app} -l ${long.slice(2)}${shortly}${value} -d ${quote(flag.about)}`
  })
  return `# fish completion of ${app}, made of what --help says
complete -c ${app} -f
${lines.join('\n')}
`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
