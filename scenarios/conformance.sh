#!/bin/sh
# conformance.sh PARLEY ROUNDS OPERATIONS: that many rounds of every scenario, stepped, are at least
# so many calls of real processes; the model of the system explains each of them, and none breaks a
# promise.  Few rounds exercise few promises: what is inconclusive fails nothing here.
set -u
parley=$1 rounds=$2 wanted=$3
said=$TEST_TMPDIR/said
"$parley" run --mode stepped --rounds "$rounds" --seed 1 \
  --findings "${TEST_UNDECLARED_OUTPUTS_DIR:-$TEST_TMPDIR}/findings" >"$said" 2>"$said.progress"
code=$?
grep -v '^inconclusive' "$said"
fail() {
  tail -n 20 "$said.progress"
  echo "FAILED: $*"
  exit 1
}
case $code in
  0 | 4) ;;
  77) echo "SKIPPED: nothing can run here" && exit 0 ;;
  *) fail "exit code $code" ;;
esac
operations=$(sed -n 's/.* · \([0-9,]*\) operations in .*/\1/p' "$said" | tail -n 1 | tr -d ,)
[ "${operations:-0}" -ge "$wanted" ] || fail "${operations:-no} operations; $wanted were wanted"
! grep -q '^BROKEN' "$said" || fail "a promise was broken"
! grep -q '^deviation' "$said" || fail "the model of the system did not explain all of them"
