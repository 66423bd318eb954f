#!/bin/bash
# selftest catches what is planted, says so in a line each, and fails where one escapes.
. "$(dirname "$0")/testing.sh"

run selftest swap-pipe-writes deadlock-where-none --seed 3
expect_code 0
expect_out '^swap-pipe-writes .* pipe.order .* s, .* rounds'
expect_out '^free: 2 of 2 caught'
expect_out '^stepped: 2 of 2 caught'

run selftest --sample 4 --mode stepped --seed 1
expect_code 0
expect_out '^stepped: [0-4] of [0-4] caught'

run selftest swap-pipe-wirtes
expect_code 2
expect_err 'swap-pipe-writes'

# A library that says of a bug that it breaks what it does not: that one escapes.
library=$(find -L "${TEST_SRCDIR:-$(dirname "$parley")/../planted}" -name libparley_planted.so | head -n 1)
LC_ALL=C sed 's/pipe\.order/fifo.order/g' "$library" >"$work/lying.so"
PARLEY_PLANTED_LIBRARY=$work/lying.so run selftest swap-pipe-writes --mode free --for 1s
expect_code 1
expect_out '^swap-pipe-writes .* ESCAPED'
expect_out '^free: 0 of 1 caught'

# Nothing is left where it was started.
[ -z "$(ls -A)" ] || complain "left something behind"
finish
