# bash completion of writer-app, made of what --help says
_writer_app() {
  local IFS=$'\n' word=${COMP_WORDS[COMP_CWORD]}
  case ${COMP_WORDS[COMP_CWORD - 1]} in
  --storage | -s)
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -d -- "$word"))
    ;;
  --delimiter | -d | --timeout | --keep | --forget | --bootstrap)
    COMPREPLY=()
    ;;
  *)
    COMPREPLY=($(compgen -W '--storage
-s
--delimiter
-d
--exit-on-eof
-e
--timeout
--private
--keep
--key
--forget
--accept-loss
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
complete -F _writer_app writer-app
