# What the tests of the real binary share: sourced with the binary's path as first argument.
#
#   run ARGS...          runs parley; leaves code, $work/out and $work/err
#   run_on_one_cpu ARGS...  the same, on the first of the CPUs that it may use
#   start ARGS...        runs it in the background; leaves pid, and its standard error on descriptor 8
#   expect_code CODE..., expect_out REGEX, expect_err REGEX, expect_clean, finish

set -u
parley=$(realpath "$1")
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/parley-test.XXXXXX")
mkdir "$work/tmp" "$work/here"
export TMPDIR=$work/tmp
unset PARLEY_STATE_DIR BUILD_WORKING_DIRECTORY
cd "$work/here" || exit 1
failures=0
code=0
what=

complain() {
  failures=$((failures + 1))
  echo "FAILED: $what: $1"
  sed 's/^/  out: /' "$work/out" | tail -20
  sed 's/^/  err: /' "$work/err" | tail -20
}

run() {
  what="parley $*"
  "$parley" "$@" >"$work/out" 2>"$work/err"
  code=$?
}

run_on_one_cpu() {
  local cpus
  cpus=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
  what="taskset -c ${cpus%%[-,]*} parley $*"
  taskset -c "${cpus%%[-,]*}" "$parley" "$@" >"$work/out" 2>"$work/err"
  code=$?
}

# Every process of the run holds its standard error: the end of that stream is the end of them all.
start() {
  what="parley $*"
  rm -f "$work/held"
  mkfifo "$work/held"
  "$parley" "$@" >"$work/out" 2>"$work/held" &
  pid=$!
  exec 8<"$work/held"
}

# Reads standard error as far as a line that matches.
await() {
  local line
  while IFS= read -r line <&8; do
    echo "$line" >>"$work/err"
    [[ $line =~ $1 ]] && return
  done
  complain "ended before it said $1"
}

# Waits for the end of every process that start has started; leaves code.
await_end() {
  wait "$pid" 2>"$work/null"
  code=$?
  timeout 60 cat <&8 >>"$work/err" || complain "processes are left a minute after its end"
  exec 8<&-
}

expect_code() {
  local wanted
  for wanted in "$@"; do [ "$code" = "$wanted" ] && return; done
  complain "exit code $code, not $*"
}

expect_out() { grep -Eq -- "$1" "$work/out" || complain "says on standard output no $1"; }
expect_err() { grep -Eq -- "$1" "$work/err" || complain "says on standard error no $1"; }

expect_clean() {
  local left
  left=$(find "$work/tmp" "$work/here" -mindepth 1 ! -path "$work/here/parley-findings*")
  [ -z "$left" ] || complain "left $left"
}

finish() {
  rm -rf "$work"
  [ "$failures" = 0 ] || echo "$failures failures"
  [ "$failures" = 0 ]
  exit
}
