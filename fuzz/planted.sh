#!/bin/sh
# planted.sh LIBRARY BUG FUZZER [OPTION...]: looks for one planted bug, from an empty corpus.
#
# Prints the bug, the target, the executions until it was found and the seconds that took, and what
# was found broken; or that it was not found.  Options go to the fuzzer: -seed, -runs,
# -max_total_time.
set -u
library=$1 bug=$2 fuzzer=$3
shift 3
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 143' HUP INT TERM
mkdir "$scratch/corpus"
began=$(date +%s%N)
LD_PRELOAD=$library PARLEY_PLANTED=$bug "$fuzzer" "$scratch/corpus" -max_len=512 -timeout=5 \
  -print_final_stats=1 -artifact_prefix="$scratch/" "$@" >"$scratch/log" 2>&1
code=$?
ended=$(date +%s%N)
runs=$(awk '/^stat::number_of_executed_units/ {print $2}' "$scratch/log")
what=$(sed -n 's/^broken: //p; s/^a deviation: .*/deviation/p; s/^a false alarm: .* breaks \(.*\)/checkers alone: \1/p; s/^==.*libFuzzer: timeout.*/hang/p; s/^descriptors are left open$/&/p' \
  "$scratch/log" | head -1)
[ "$code" -ne 0 ] || what="not found"
printf '%s %s %s %d.%d %s\n' "$bug" "$(basename "$fuzzer")" "${runs:-?}" \
  $(((ended - began) / 1000000000)) $(((ended - began) / 100000000 % 10)) "${what:-exit code $code}"
