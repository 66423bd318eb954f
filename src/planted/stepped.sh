#!/bin/sh
# stepped.sh PARLEY NAME CALLS: stepped mode catches the planted bug under the id of its row, shrinks
# it to at most so many calls, and the program's file shows it again, the same history each time.
set -u
parley=$PWD/$1 name=$2 most=$3
findings=$TEST_TMPDIR/findings
fail() {
  echo "FAILED: $*"
  exit 1
}

out=$("$parley" run --mode stepped --planted "$name" --findings "$findings" 2>"$TEST_TMPDIR/progress")
code=$?
cat "$TEST_TMPDIR/progress"
echo "$out"
[ "$code" -eq 1 ] || fail "exit code $code, not 1"
promise=$("$parley" list planted | awk -v name="$name" '$1 == name {print $2}')
program=$(echo "$out" | awk -v promise="$promise" '
  $1 == "BROKEN" {id = $2; sub(/@.*/, "", id); mine = id == promise}
  mine && $1 == "shrunk" {print $NF; exit}')
[ -n "$program" ] || fail "$promise was not reported, or not shrunk"
cat "$program"
calls=$(grep -c '"call"' "$program")
[ "$calls" -le "$most" ] || fail "$calls calls"
"$parley" replay "$program" --times 3 --findings "$findings" >"$TEST_TMPDIR/replay" 2>&1
code=$?
tail -2 "$TEST_TMPDIR/replay"
[ "$code" -eq 1 ] || fail "replay $program: exit code $code"
grep -q 'the same in 3 of 3 rounds' "$TEST_TMPDIR/replay" || fail "not one history"
