#!/bin/bash
# kill -9 of parley itself, at any moment: no process outlives it, and what it had made is gone after
# the next run or `parley sweep`.
. "$(dirname "$0")/testing.sh"

ls /dev/shm >"$work/shm_before"
mkdir "$work/dir"
scenarios=("conservation" "fifo_crew" "kill_writer" "open_rendezvous")
for i in {0..15}; do
  arguments=(--contain auto)
  [ $((i % 2)) = 1 ] && arguments=(--contain manifest)
  [ $((i % 4)) -ge 2 ] && arguments+=(--dir "$work/dir")
  start run "${scenarios[i / 4]}" --for 1m "${arguments[@]}"
  sleep "0.$(printf '%03d' $(((i * 83) % 500)))" # the moment, not an event
  kill -9 "$pid"
  await_end
  expect_code 137
done

run sweep
expect_code 0
expect_out 'dead runs?, '
what="the sweep"
expect_clean
rmdir "$work/dir" || complain "left something in --dir"
ls /dev/shm | cmp -s - "$work/shm_before" || complain "left something in /dev/shm"

start run fifo_crew --for 1m --contain manifest
await seed
sleep 0.3 # into its rounds
kill -9 "$pid"
await_end
run run conservation --rounds 1
expect_code 0
what="the next run"
expect_clean
finish
