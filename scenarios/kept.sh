#!/bin/sh
# kept.sh PARLEY SCENARIO MODE CALLS TIME LIMIT: the scenario ("" is all of them) keeps its promises
# in a run of TIME; when that was too short to tell, or for so many CALLS, in one of LIMIT.  Each
# scenario has to exercise each promise that it declares, and the model of the system explains what
# the system did.  A scenario that cannot run here, or not in that mode, is skipped, with the reason.
set -u
parley=$1 scenario=$2 mode=$3 calls=$4
said=$TEST_TMPDIR/said
for time in "$5" "$6"; do
  echo "parley run $scenario --mode $mode --for $time"
  # A word apart only where there is one.
  "$parley" run ${scenario:+"$scenario"} --mode "$mode" --for "$time" \
    --findings "${TEST_UNDECLARED_OUTPUTS_DIR:-$TEST_TMPDIR}/findings" \
    --json "${TEST_UNDECLARED_OUTPUTS_DIR:-$TEST_TMPDIR}/result.json" >"$said"
  code=$?
  cat "$said"
  made=$(sed -n 's/.* · \([0-9,]*\) operations in .*/\1/p' "$said" | tail -n 1 | tr -d ,)
  case $code in
    0) [ "${made:-0}" -lt "$calls" ] || break ;;
    4) ;;
    *) break ;;
  esac
done
if [ "$code" -eq 77 ]; then
  echo "SKIPPED $scenario: nothing of it can run here in mode $mode"
  exit 0
fi
[ "$code" -eq 0 ] || exit "$code"
if grep '^deviation' "$said"; then
  echo "FAILED: the model of the system did not explain all"
  exit 1
fi
[ "${made:-0}" -ge "$calls" ] || {
  echo "FAILED: ${made:-no} operations; $calls were wanted"
  exit 1
}
