#!/bin/bash
# Stepped mode needs no second CPU: with gates, one CPU gives the histories that all of them give.
. "$(dirname "$0")/testing.sh"

rounds=(run stepped_pipe stepped_pipe_readers stepped_fifo --mode stepped --scheduler gates
  --rounds 20 --seed 11 --keep-history)
run "${rounds[@]}" --findings "$work/all"
expect_code 0 4 # few rounds exercise few promises
expect_out 'stepped by gates'
run_on_one_cpu "${rounds[@]}" --findings "$work/one"
expect_code 0 4
expect_out 'stepped by gates'

what="the histories of seed 11"
[ "$(ls "$work/one" | wc -l)" -eq 60 ] || complain "are $(ls "$work/one" | wc -l), not 60"
diff -r "$work/all" "$work/one" >&2 || complain "differ on one CPU"
finish
