# fish completion of writer-app, made of what --help says
complete -c writer-app -f
complete -c writer-app -l storage -s s -x -a "(__fish_complete_directories)" -d 'where the log is kept'
complete -c writer-app -l delimiter -s d -x -d 'block delimiter (default \n; \0 for NUL)'
complete -c writer-app -l exit-on-eof -s e -d 'after stdin ends, exit once a peer holds every block of this run'
complete -c writer-app -l timeout -x -d 'with -e, give up waiting: exit 3'
complete -c writer-app -l private -d 'begin a log that only its read key reads; needed the first time only'
complete -c writer-app -l accept-loss -d 'go on from a log that came back shorter, and rewind its readers'
complete -c writer-app -l bootstrap -x -d 'DHT nodes, host:port, comma-separated (a bare port is loopback); none: no DHT at all'
complete -c writer-app -l no-lan -d 'do not announce on the local network'
complete -c writer-app -l json -d 'newline-delimited JSON on stdout'
complete -c writer-app -l quiet -s q -d 'no status on stderr'
complete -c writer-app -l version -s v -d 'Show version'
complete -c writer-app -l help -s h -d 'Show help'
