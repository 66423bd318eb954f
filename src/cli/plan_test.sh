#!/bin/bash
# A seed fixes the plan: the same round, run again or replayed by its token, makes the same writes.
. "$(dirname "$0")/testing.sh"

# plan HISTORY: what each worker wrote, in its order.
plan() {
  grep -o '"worker":[0-9]*,"call":"write","handle":[0-9]*,"requested":[0-9]*' "$1" |
    sed 's/"handle":[0-9]*,//' | sort -s -t: -k2,2n
}

for seed in 7 8; do
  for try in a b; do
    run run conservation --rounds 2 --seed "$seed" --keep-history --findings "$work/$seed$try"
    expect_code 0
  done
done
run replay 1.conservation.pipe.f.7.1 --times 1 --keep-history --findings "$work/replayed"
expect_code 4
expect_out 'broken in 0 of 1 rounds'

round=1.conservation.pipe.f.7.1.jsonl
what="the plan of round 1 of seed 7"
plan "$work/7a/$round" >"$work/plan"
[ -s "$work/plan" ] || complain "has no writes"
plan "$work/7b/$round" | cmp - "$work/plan" || complain "differs when it is run again"
plan "$work/replayed/$round" | cmp - "$work/plan" || complain "differs when it is replayed"
plan "$work/7a/1.conservation.pipe.f.7.0.jsonl" | cmp -s - "$work/plan" &&
  complain "is that of round 0"
plan "$work/8a/1.conservation.pipe.f.8.1.jsonl" | cmp -s - "$work/plan" &&
  complain "is that of seed 8"

for token in 1.conservation.fifo.f.7.0.w2x3 1.atomic_write.pipe.f.0.0; do
  run replay "$token" --times 2
  expect_code 4
  expect_out "replayed $token: a promise was broken in 0 of 2 rounds"
done
finish
