#!/bin/sh
# canary.sh LIBRARY TARGET BUG...: each target finds the planted bug that follows it, from an empty
# corpus.
set -u
library=$PWD/$1
shift
status=0
while [ $# -ge 2 ]; do
  found=$(fuzz/planted.sh "$library" "$2" "$1" -seed=1 -runs=30000)
  echo "$found"
  case $found in
    *"not found" | *"exit code"*)
      echo "FAILED: $1 does not find $2"
      status=1
      ;;
  esac
  shift 2
done
exit "$status"
