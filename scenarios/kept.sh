#!/bin/sh
# kept.sh PARLEY SCENARIO MODE TIME LIMIT: the scenario's promises are kept in a run of TIME; when
# that was too short to tell, in one of five seconds, then of LIMIT.  A scenario that cannot run here,
# or not in that mode, is skipped, with the reason.
set -u
for time in "$4" 5s "$5"; do
  echo "parley run $2 --mode $3 --for $time"
  "$1" run "$2" --mode "$3" --for "$time" --findings "${TEST_UNDECLARED_OUTPUTS_DIR:-$TEST_TMPDIR}/findings" \
    --json "${TEST_UNDECLARED_OUTPUTS_DIR:-$TEST_TMPDIR}/result.json"
  code=$?
  [ "$code" -eq 4 ] || break
done
if [ "$code" -eq 77 ]; then
  echo "SKIPPED $2: nothing of it can run here in mode $3"
  exit 0
fi
exit "$code"
