# bash completion of reader-app, made of what --help says
_reader_app() {
  local IFS=$'\n' word=${COMP_WORDS[COMP_CWORD]}
  case ${COMP_WORDS[COMP_CWORD - 1]} in
  --storage | -s)
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -d -- "$word"))
    ;;
  --start | --tail | --count | -n | --delimiter | -d | --keep | --timeout | --forget | --bootstrap)
    COMPREPLY=()
    ;;
  *)
    COMPREPLY=($(compgen -W '--start
--tail
--resume
--no-follow
--count
-n
--raw
--delimiter
-d
--seed
--keep
--storage
-s
--timeout
--forget
--bootstrap
--no-lan
--list
--json
--quiet
-q
--verbose
--version
-v
--help
-h' -- "$word"))
    ;;
  esac
}
complete -F _reader_app reader-app
