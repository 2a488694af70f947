#!/bin/sh
# Runs golden_metrics ($1) on the vectors of published outputs that are not in this repository: the files named after
# it, in shared/golden/metrics/published of the working directory. Exit code 77, a skip, when they are not there.
program=$1
shift
folder=shared/golden/metrics/published
if [ ! -d "$folder" ]; then
  echo "SKIPPED: ../$folder is not there"
  exit 77
fi
cd "$folder" && exec "$program" "$@"
