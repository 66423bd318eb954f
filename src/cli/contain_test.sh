#!/bin/bash
# Both ways to contain a crew end with the same verdicts and leave nothing; so do two runs at once.
. "$(dirname "$0")/testing.sh"

scenarios="conservation fifo_crew kill_writer sysv_remove"
ls /dev/shm >"$work/shm_before"
expect_untouched() {
  ls /dev/shm | cmp -s - "$work/shm_before" || complain "changed /dev/shm"
  expect_clean
}

# shellcheck disable=SC2086
for mode in auto manifest; do
  run run $scenarios --rounds 2 --seed 5 --contain "$mode" --json "$work/result.json"
  expect_code 0 4 # kills may miss what they aim at
  expect_out 'xfer.conservation@fifo +kept'
  expect_untouched
  mkdir "$work/dir"
  run run $scenarios --rounds 2 --seed 5 --contain "$mode" --dir "$work/dir"
  expect_code 0 4
  rmdir "$work/dir" || complain "left something in --dir"
  expect_untouched
done
what="the manifest mode"
grep -q '"containment": "manifest' "$work/result.json" || complain "was not taken"

run run conservation --rounds 1 --contain namespaces
expect_code 0 3
[ "$code" = 0 ] || expect_err 'namespaces.*--contain manifest does without'
expect_untouched

what="two runs at once"
"$parley" run fifo_crew --rounds 8 --contain manifest >"$work/out" 2>"$work/err" &
first=$!
"$parley" run fifo_crew --rounds 8 --contain manifest >"$work/out2" 2>"$work/err2"
code=$?
expect_code 0
wait "$first"
code=$?
expect_code 0
expect_untouched
finish
