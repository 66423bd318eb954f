#!/bin/bash
# A machine that refuses: exit code 3, what was attempted and what to do; nothing is left behind.
. "$(dirname "$0")/testing.sh"

seen_starved=0
for files in 4 6 8 10 12 16; do
  for mode in auto manifest; do
    what="conservation and fifo_crew with $files open files, $mode"
    (
      ulimit -n "$files"
      exec "$parley" run conservation fifo_crew --rounds 1 --seed 3 --contain "$mode"
    ) >"$work/out" 2>"$work/err"
    code=$?
    expect_code 0 3
    [ "$code" = 0 ] && continue
    seen_starved=1
    expect_err "EMFILE|too few file descriptors"
    expect_err "open files are limited to $files; raise it with ulimit -n"
  done
done
what="open files"
[ "$seen_starved" = 1 ] || complain "were never short"
run sweep
expect_code 0
expect_clean

# The limit does not hold for the machine's root, whom a sandbox may be.
for processes in 0 1 2 4; do
  what="conservation with $processes processes"
  (
    ulimit -u "$processes"
    exec "$parley" run conservation --rounds 1 --seed 3
  ) >"$work/out" 2>"$work/err"
  code=$?
  expect_code 0 3
  [ "$code" = 0 ] || expect_err 'EAGAIN.*processes are limited to'
done
expect_clean

# Where results go.
what="results on a full disk"
"$parley" run conservation --rounds 1 >/dev/full 2>"$work/err"
code=$?
expect_code 3
expect_err 'write\(standard output\): ENOSPC'
what="results on a closed descriptor"
"$parley" run conservation --rounds 1 >&- 2>"$work/err"
code=$?
expect_code 3
expect_err 'write\(standard output\): EBADF'
what="results for a reader that leaves"
"$parley" run conservation --rounds 3 2>"$work/err" | head -1 >"$work/out"
code=${PIPESTATUS[0]}
expect_code 0
what="progress for a reader that leaves"
"$parley" run conservation --rounds 3 2>&1 >"$work/out" | true
code=${PIPESTATUS[0]}
expect_code 0
what="no standard descriptors"
"$parley" run conservation --rounds 1 <&- >&- 2>&-
code=$?
expect_code 3
run run conservation --rounds 1 --json /dev/full
expect_code 3
expect_err '/dev/full.*ENOSPC'
expect_out 'kept'

# Mounts of its own, where that is allowed.
if unshare --mount true 2>/dev/null; then
  mkdir "$work/small"
  in_mounts() {
    what="$*"
    unshare --mount bash -c "$1" bash "$parley" "$work" >"$work/out" 2>"$work/err"
    code=$?
  }
  in_mounts 'mount -t tmpfs -o size=64k none $2/small && cd $2/small || exit 99
    $1 run conservation --rounds 3 --seed 3 --keep-history --findings $2/small; code=$?
    ls -A; exit $code'
  expect_code 3
  expect_err 'ENOSPC'
  what="a history that did not fit"
  if grep -q jsonl "$work/out"; then complain "is there in part"; fi
  in_mounts 'mount -t tmpfs -o ro none $2/small || exit 99
    $1 run fifo_crew --rounds 1 --dir $2/small'
  expect_code 3
  expect_err 'mkdir.*EROFS'
  in_mounts 'mount -t tmpfs none /proc || exit 99
    $1 run conservation --rounds 1 --contain manifest'
  expect_code 3
  expect_err 'is /proc mounted'
else
  echo "not tried, since there are no mount namespaces: a small disk, a read-only one, no /proc"
fi
expect_clean
finish
