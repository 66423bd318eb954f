#!/bin/bash
# Real-time bands where the machine gives the rights, which a sandbox takes away: the same histories
# again, on all CPUs, on one, and beside a process that wants them all.
. "$(dirname "$0")/testing.sh"

rounds=(run stepped_pipe stepped_pipe_readers stepped_fifo --mode stepped --scheduler bands
  --rounds 20 --seed 11 --keep-history)
run "${rounds[@]}" --findings "$work/all"
if [ "$code" -eq 77 ] && grep -q 'no real-time rights' "$work/out"; then
  echo "SKIPPED bands: no real-time rights here (RLIMIT_RTPRIO or CAP_SYS_NICE)"
  finish
fi
expect_code 0 4 # few rounds exercise few promises
expect_out 'stepped by bands'

run_on_one_cpu "${rounds[@]}" --findings "$work/one"
expect_code 0 4
expect_out 'stepped by bands'

timeout 120 sh -c 'while :; do :; done' &
load=$!
run "${rounds[@]}" --findings "$work/load"
kill "$load"
wait "$load" 2>"$work/null"
expect_code 0 4
expect_out 'stepped by bands'

what="the histories of seed 11"
[ "$(ls "$work/all" | wc -l)" -eq 60 ] || complain "are $(ls "$work/all" | wc -l), not 60"
diff -r "$work/all" "$work/one" >&2 || complain "differ on one CPU"
diff -r "$work/all" "$work/load" >&2 || complain "differ beside a busy process"

run run stepped_pipe_readers --mode stepped --scheduler bands --seed 5 \
  --planted receiver-not-woken --findings "$work/found"
expect_code 1
expect_out 'BROKEN   xfer.wake-receiver@pipe'
expect_out 'stepped by bands'
finish
