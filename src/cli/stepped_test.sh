#!/bin/bash
# Stepped mode: one seed is one history, whoever schedules it; a finding shrinks, and its program's
# file replays it.
. "$(dirname "$0")/testing.sh"

# histories NAME OPTION...: of some rounds, into $work/NAME.
histories() {
  name=$1
  shift
  run run stepped_pipe stepped_pipe_readers stepped_fifo unlink_open --mode stepped --rounds 12 \
    --seed 5 --keep-history --findings "$work/$name" "$@"
  # Few rounds exercise few promises.
  [ "$code" -eq 0 ] || expect_code 4
}

histories once
histories again
histories gates --scheduler gates
what="the histories of seed 5"
[ "$(ls "$work/once" | wc -l)" -eq 48 ] || complain "are $(ls "$work/once" | wc -l), not 48"
diff -r "$work/once" "$work/again" >&2 || complain "differ when they are run again"
diff -r "$work/once" "$work/gates" >&2 || complain "differ with gates"

run replay 1.stepped_pipe.pipe.s.5.3 --times 3
expect_code 4
expect_out 'the same in 3 of 3 rounds'

# Both modes in one run, and a crew of several readers where the scenario has one.
run run large_write --mode both --rounds 20 --seed 5 --workers 4x4 --json "$work/both.json"
[ "$code" -eq 0 ] || expect_code 4
expect_out 'pipe.large-write-ordered +(kept|inconclusive)'
expect_out 'stepped by'

# A promise that only stepped mode judges has its bug looked for there.
run run stepped_pipe_resize --seed 5 --planted full-gives-zero --findings "$work/zero"
expect_code 1
expect_out 'BROKEN   pipe.nonblock-large'

# A lost wake-up: only a schedule shows it, and no clock is asked.
run run receiver --mode stepped
expect_code 2
run run stepped_pipe_readers --mode stepped --seed 5 --planted receiver-not-woken \
  --findings "$work/found"
expect_code 1
expect_out 'BROKEN   xfer.wake-receiver@pipe'
expect_out 'a read sleeps'
program=$(ls "$work"/found/*.receiver-asleep.program.json)
steps=$(grep -c '"call"' "$program")
what="the shrunk program"
[ "$steps" -le 6 ] || complain "makes $steps calls"
run replay "$program" --times 2 --findings "$work/found"
expect_code 1
expect_out 'the same in 2 of 2 rounds'
expect_out 'broken in 2 of 2 rounds'

head -c 300 "$program" >"$work/cut.json"
run replay "$work/cut.json"
expect_code 2
expect_err 'cut.json'
run replay "$work/none.json"
expect_code 2
finish
