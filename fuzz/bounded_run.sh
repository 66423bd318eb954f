#!/bin/sh
# bounded_run.sh FUZZER...: of each, every seed once, then a bounded number of mutations.
#
# Targets of streams must have made each kind of mutation.  Findings go where Bazel keeps a test's
# outputs (outputs.zip), new inputs to a scratch corpus.
#
# PARLEY_FUZZ_RUNS  a number of inputs in place of 3000
set -u
seeds=$PWD/fuzz/corpus
status=0
fail() {
  status=1
  echo "FAILED: $*"
}

# run FUZZER NAME LOG: a number of inputs bounds it, not a time, so that two machines do the same.
run() {
  mkdir -p "$TEST_TMPDIR/$2"
  max_len=8192
  case $2 in stream_*) max_len=512 ;; esac
  dictionary=$PWD/fuzz/dictionaries/$2.dict
  "$1" "$TEST_TMPDIR/$2" "$seeds/$2" \
    -seed="${TEST_RANDOM_SEED:-1}" -runs="${PARLEY_FUZZ_RUNS:-3000}" -max_len=$max_len \
    -timeout=20 -rss_limit_mb=2048 -malloc_limit_mb=256 -print_final_stats=1 \
    ${dictionary:+$([ ! -f "$dictionary" ] || echo "-dict=$dictionary")} \
    -artifact_prefix="${TEST_UNDECLARED_OUTPUTS_DIR:-$TEST_TMPDIR}/$2-" >"$3" 2>&1
}

for fuzzer in "$@"; do
  name=$(basename "$fuzzer")
  log=$TEST_TMPDIR/$name.log
  if ! run "$fuzzer" "$name" "$log"; then
    fail "$name"
    tail -80 "$log"
  fi
  sed -n "s/^stat::number_of_executed_units: */$name: inputs /p; s/^fuzz: /$name: /p" "$log"
  case $name in
    stream_*)
      [ "$(grep -c '^fuzz: mutation' "$log")" -eq 18 ] || fail "$name: not every mutation is counted"
      ! grep -q '^fuzz: mutation .* 0$' "$log" || fail "$name: a mutation was never made"
      ;;
  esac
done
exit "$status"
