#!/bin/sh
# canary.sh LAWS SUITE PARLEY LIBRARY BUG ROUNDS SEED: under a planted bug the law has to fail, with
# the promise that the bug breaks, a program that was shrunk, its steps, and a file that shows the
# bug again.
set -u
laws=$1 suite=$2 parley=$3 library=$4 bug=$5 rounds=$6 seed=$7
said=$TEST_TMPDIR/said
export PARLEY_PLANTED_LIBRARY="$PWD/$library"
# The program is left where nobody packs it.
unset TEST_UNDECLARED_OUTPUTS_DIR

fail() {
  cat "$said"
  echo "canary: $*"
  exit 1
}

promise=$("$parley" list planted | awk -v bug="$bug" '$1 == bug { print $2 }')
[ -n "$promise" ] || { echo "canary: parley knows no planted bug $bug" && exit 1; }

# Other promises may break with it, and before it.
"$laws" --gtest_filter="$suite.*" --gtest_fail_fast --samples="$rounds" --seed="$seed" \
  --planted="$bug" --promise="$promise" --planted_library="$PARLEY_PLANTED_LIBRARY" >"$said" 2>&1
code=$?
[ "$code" -eq 1 ] || fail "under $bug the law ended with exit code $code; 1 was wanted"
grep -q "^BROKEN   $promise[@ ]" "$said" || fail "no block says that $promise is broken"
grep -q '^ *step 1 ' "$said" || fail "no step is listed"

program=$(sed -n 's,^  shrunk   bazel run //:parley -- replay ,,p' "$said" | tail -n 1)
[ -s "$program" ] || fail "no program was left"
calls=$(grep -c '"call"' "$program")
[ "$calls" -ge 1 ] && [ "$calls" -le 12 ] || fail "the program makes $calls calls; 1..12 were wanted"

# Until it is broken again: a bug that waits for a clock is none of one history with gates.
"$parley" replay "$program" --findings "$TEST_TMPDIR/findings" >"$said.again" 2>&1
code=$?
if [ "$code" -ne 1 ] || ! grep -q "^BROKEN   $promise[@ ]" "$said.again"; then
  cat "$program" "$said.again"
  fail "the replay ended with exit code $code; 1 and a broken $promise were wanted"
fi
grep -m 1 '^Falsifiable' "$said"
echo "$promise was broken by a program of $calls calls, and again by its replay"
