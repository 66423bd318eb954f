#!/bin/sh
# caught.sh PARLEY NAME: the planted bug is caught by a plain `parley run`, under the id of its row,
# blames nothing but what stands beside it, comes back by its replay line, and its saved history is
# judged alike without the library.
set -u
parley=$PWD/$1 name=$2
findings=$TEST_TMPDIR/findings
fail() {
  echo "FAILED: $*"
  exit 1
}

# A fresh seed each time, printed: the bug must be caught whatever it is.
out=$("$parley" run --planted "$name" --findings "$findings" 2>"$TEST_TMPDIR/progress")
code=$?
cat "$TEST_TMPDIR/progress"
echo "$out"
[ "$code" -eq 1 ] || fail "exit code $code, not 1"

"$parley" list planted >"$TEST_TMPDIR/list" || fail "the bugs cannot be listed"
promise=$(awk -v name="$name" '$1 == name {print $2}' "$TEST_TMPDIR/list")
[ -n "$promise" ] || fail "not listed"
also=$(awk -v name="$name" '
  mine && $1 == "beside" {$1 = $2 = ""; print}
  {mine = $1 == name}' "$TEST_TMPDIR/list")
blamed=$(echo "$out" | awk '$2 == "broken" {sub(/@.*/, "", $1); print $1}' | sort -u)
echo "$blamed" | grep -qx "$promise" || fail "$promise was not reported"
for id in $blamed; do
  case " $promise $also " in
    *" $id "*) ;;
    *) fail "$id is blamed, and does not stand beside $name" ;;
  esac
done

# The finding of its own row, again: by the token, and by the history.
history=$(echo "$out" | awk -v promise="$promise" '
  $1 == "BROKEN" {id = $2; sub(/@.*/, "", id); mine = id == promise}
  mine && $1 == "history" {print $2; exit}')
token=$(basename "$history" .jsonl)
"$parley" check "$history" >"$TEST_TMPDIR/check"
[ $? -eq 1 ] || fail "the history is judged otherwise"
grep -q "^BROKEN   $promise" "$TEST_TMPDIR/check" || fail "the history does not break $promise"
"$parley" replay "$token" --findings "$findings" >"$TEST_TMPDIR/replay" 2>&1
code=$?
tail -1 "$TEST_TMPDIR/replay"
[ "$code" -eq 1 ] || fail "replay $token: exit code $code"
