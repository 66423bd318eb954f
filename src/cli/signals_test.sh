#!/bin/bash
# SIGINT and SIGTERM end a run at once, with the verdicts so far.
. "$(dirname "$0")/testing.sh"

# ends SIGNAL CODE ARGS...: the signal comes in the run's first round or before it.
ends() {
  local signal=$1 wanted=$2
  shift 2
  start run --for 10m "$@"
  await '^seed'
  kill -"$signal" "$pid"
  await_end
  expect_code "$wanted"
  expect_out "interrupted by SIG$signal: these are the verdicts so far"
  expect_out 'xfer.conservation@pipe'
  expect_clean
}
for mode in auto manifest; do
  ends INT 130 --contain "$mode"
  ends TERM 143 --contain "$mode"
done

start run conservation --for 10m --planted drop-message
await '^broken: xfer.conservation'
kill -TERM "$pid"
await_end
expect_code 1
expect_out '^BROKEN +xfer.conservation@'
expect_out 'interrupted by SIGTERM'
expect_clean
finish
