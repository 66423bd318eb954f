#!/bin/sh
# canary.sh LAWS SUITE PARLEY LIBRARY BUG: under a planted bug the property has to fail, with the
# promise that the bug breaks, a crew that was shrunk, and a replay line that shows the bug again.
set -u
laws=$1 suite=$2 parley=$3 library=$4 bug=$5
said=$TEST_TMPDIR/said
replay=$TEST_TMPDIR/replay
export PARLEY_PLANTED_LIBRARY="$PWD/$library"

fail() {
  cat "$said"
  echo "canary: $*"
  exit 1
}

"$laws" --gtest_filter="$suite.*" --gtest_fail_fast --planted="$bug" \
  --planted_library="$PARLEY_PLANTED_LIBRARY" >"$said" 2>&1
code=$?
[ "$code" -eq 1 ] || fail "under $bug the property ended with exit code $code; 1 was wanted"

promise=$("$parley" list planted | awk -v bug="$bug" '$1 == bug { print $2 }')
[ -n "$promise" ] || fail "parley knows no planted bug $bug"
block=$(grep -n -m 1 "^BROKEN   $promise[@ ]" "$said") || fail "no block says that $promise is broken"

# The first block of that promise: its crew, and its replay line with the document that follows it.
tail -n "+${block%%:*}" "$said" |
  sed -n '/^  replay   /,/^END$/p; /^END$/q' >"$replay"
workers=$(sed -n 's/^count = //p' "$replay" | awk '{ sum += $1 } END { print sum + 0 }')
[ "$workers" -ge 1 ] && [ "$workers" -le 6 ] || fail "the crew has $workers workers; 1..6 were wanted"

# As a reader would paste it, but for the name of the program.  A bug that needs a race comes back by
# chance: ten times the default of 20 rounds.
sed "1s,^  replay  ,,; 1s,bazel run //:parley -- replay,'$PWD/$parley' replay," "$replay" >"$replay.sh"
attempt=0
code=4
while [ "$code" -eq 4 ] && [ "$attempt" -lt 10 ]; do
  attempt=$((attempt + 1))
  (cd "$TEST_TMPDIR" && sh "$replay.sh") >"$said.again" 2>&1
  code=$?
done
if [ "$code" -ne 1 ] || ! grep -q "^BROKEN   $promise[@ ]" "$said.again"; then
  cat "$replay.sh" "$said.again"
  fail "the replay line ended with exit code $code; 1 and a broken $promise were wanted"
fi
grep -m 1 "^Falsifiable" "$said"
echo "$promise was broken by a crew of $workers, and again by the replay line"
