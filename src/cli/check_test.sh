#!/bin/bash
# A recorded history is judged again exactly, without the bug at hand; its replay line shows the bug.
. "$(dirname "$0")/testing.sh"

# blocks HISTORY: the failures that name that history, without what the run found in stepped mode.
blocks() {
  awk -v RS= -v ORS='\n\n' -v history="$1" \
    '/^BROKEN/ && index($0, history) { sub(/\n  stepped .*/, ""); print }' "$work/out"
}

run run xfer.conservation@pipe --rounds 1 --seed 3 --planted drop-message --json "$work/run.json"
expect_code 1
expect_err '^broken: xfer.conservation@pipe'
expect_out 'planted  drop-message \(breaks xfer.conservation\): told [0-9,]+ times, caught'
history=$(sed -n 's/^  history  //p' "$work/out" | head -1)
blocks "$history" >"$work/blocks"
expect_out '^  stepped  seen call by call, too, after [0-9]+ rounds?$'
replay=$(sed -n 's/^  replay   parley //p' "$work/blocks" | head -1)

run check "$history" --json "$work/check.json" --junit "$work/check.xml"
expect_code 1
expect_out '^BROKEN +xfer.conservation@pipe'
[ -s "$work/blocks" ] || complain "the run printed no failure"
blocks "$history" | cmp - "$work/blocks" || complain "another verdict than the run's"
grep -q '<failure' "$work/check.xml" || complain "no failure in the JUnit file"

# shellcheck disable=SC2086
run $replay --times 3
expect_code 1
expect_out "^replayed ${replay#replay }: a promise was broken in [1-3] of 3 rounds"
expect_out 'a round breaks it with a probability of 0\.[0-9]+ to (1|0\.[0-9]+) \(95 % confidence\)'

run run conservation --rounds 1 --keep-history --findings "$work/kept"
expect_code 0
for history in "$work/kept"/*; do
  run check "$history"
  expect_code 0
  expect_out 'xfer.conservation@(pipe|fifo) +kept'
done

# A scenario that does not ship is named in its replay line.
cat >"$work/mine.toml" <<'END'
# One writer and one reader, of somebody's own.
facilities   = ["pipe"]
promises     = ["xfer.conservation"]
rounds       = 0
encoding     = "framed"
record_bytes = 64

[[workers]]
role          = "writer"
count         = 1
topology      = "related"
ends          = "write"
calls         = { write = 1 }
operations    = 1000
message_bytes = "record"

[[workers]]
role         = "reader"
count        = 1
topology     = "related"
ends         = "read"
calls        = { read = 1 }
buffer_bytes = "record"
END
run run "$work/mine.toml" --rounds 1 --planted drop-message
expect_code 1
replay=$(sed -n 's/^  replay   parley //p' "$work/out" | head -1)
# shellcheck disable=SC2086
run $replay --times 1
expect_code 1
finish
