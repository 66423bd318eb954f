#!/bin/bash
# Each command explains itself with an example; results and progress keep to their streams.
. "$(dirname "$0")/testing.sh"

run --version
expect_code 0
expect_out '^parley [0-9]+\.[0-9]+\.[0-9]+$'
run --help
expect_code 0
for command in run replay check list sweep doctor; do
  what="parley --help"
  "$parley" --help | grep -q "^ *$command " || complain "does not name $command"
  run "$command" --help
  expect_code 0
  expect_out "^Usage: parley $command"
  expect_out 'Examples?:'
  expect_out "^  parley $command"
done

run run conservation --rounds 1 --seed 9
expect_code 0
expect_out '^xfer.conservation@pipe +kept'
expect_out 'seed 9$'
expect_err '^seed 9$'
run run conservation --rounds 1 --quiet
expect_code 0
[ ! -s "$work/err" ] || complain "was not quiet"
run doctor
expect_code 0
expect_out '^pipe +can run here'
run list all
expect_code 0
expect_out '^xfer.conservation .*checked by'
expect_out '^drop-message '
run list facilities --markdown
expect_out '^\| pipe \|'

# On a terminal: one line that is drawn again and again, and colour unless NO_COLOR is set.
if command -v script >/dev/null; then
  terminal() { env TERM=xterm "$@" script -qec "'$parley' run --for 1s" /dev/null >"$work/out"; }
  what="a run on a terminal"
  : >"$work/err"
  terminal NO_COLOR=
  expect_out $'\r\x1b\\[K.*rounds'
  expect_out $'\x1b\\[3[0-9]m'
  what="a run on a terminal without colour"
  terminal NO_COLOR=1
  expect_out $'\r\x1b\\[K.*rounds'
  if grep -q $'\x1b\\[[0-9;]*m' "$work/out"; then complain "is coloured"; fi
fi
finish
