#!/bin/sh
# Broadcasts every line that a file gains, across its rotation:
#   follow-log.sh FILE [flags of writer-app]
# WRITER is what starts the writer, PAST how many of the lines that are there already go first.
# What the file gains while this is not running is not broadcast.
set -eu

file=$1
shift
tail -n "${PAST:-0}" -F -- "$file" | ${WRITER:-writer-app} "$@"
