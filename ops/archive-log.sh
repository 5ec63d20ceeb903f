#!/bin/sh
# Appends to a file what a log has gained since the last time, from its first block on:
#   archive-log.sh KEY FILE [flags of reader-app]
# READER is what starts the reader. Exit code 3 says that no peer was there to ask: what is missing
# comes the next time. A run that is killed may leave blocks in the file twice, never none.
set -eu

key=$1
file=$2
shift 2
${READER:-reader-app} --resume --start 0 --no-follow --raw --quiet --timeout 60 "$@" "$key" >> "$file"
