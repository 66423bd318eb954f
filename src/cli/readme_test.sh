#!/bin/bash
# What the README says of promises, planted bugs and facilities is what the tool says.
readme=$(realpath "$2")
. "$(dirname "$0")/testing.sh"

# expect_readme TEXT: the README has it, in one line or over two.
expect_readme() {
  what="README.md"
  tr '\n' ' ' <"$readme" | grep -qF -- "$1" || complain "does not say \"$1\""
}

run list promises
checked=$(sed -n 's/^\([0-9]*\) of \([0-9]*\) promises are checked$/\1 of the catalogue'"'"'s \2 promises/p' "$work/out")
[ -n "$checked" ] || complain "does not say how many promises are checked"
expect_readme "$checked"

# A bug is a line, what stands beside it is indented.
run list planted
expect_readme "Each of the $(grep -c '^[a-z]' "$work/out") planted bugs"

run list facilities --markdown
while read -r row; do expect_readme "$row"; done <"$work/out"

finish
