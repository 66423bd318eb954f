#!/bin/bash
# A small program under every order of its calls: how many there are, whether they differ in what is
# returned, and a bug that one of them alone shows.
. "$(dirname "$0")/testing.sh"

# program FILE WRITES READS: one worker writes so often, another reads so often.
program() {
  cat >"$1" <<END
{"parley":"program","version":1,"scenario":"two","promise":"xfer.wake-receiver@pipe",
"facility":"pipe","roles":["writer","reader"],
"workers":[
{"role":"writer","ends":"write","seed":1,"steps":[{"call":"write","bytes":24,"repeat":$2}]},
{"role":"reader","ends":"read","seed":2,"steps":[{"call":"read","bytes":24,"repeat":$3}]}],
"schedule":[{"start":0}]}
END
}

# Two of each: 4! / (2! 2!) orders, but a second read cannot begin while the first one sleeps.
program "$work/two.json" 2 2
run replay "$work/two.json" --every-schedule
expect_code 0
expect_out '^all 5 schedules, 1 outcomes; a promise was broken in 0$'

# A read may find one record or two: there is more than one outcome.
program "$work/large.json" 2 1
sed -i 's/"read","bytes":24/"read","bytes":100/' "$work/large.json"
run replay "$work/large.json" --every-schedule
expect_code 0
expect_out '^all 3 schedules, 2 outcomes; a promise was broken in 0$'

# Told at each sleep before an empty pipe, which is the reader's last call then: when it reads first,
# or twice after the first write; five orders remain in which it finds a record each time.
program "$work/late.json" 3 2
run replay "$work/late.json" --every-schedule
expect_code 0
expect_out '^all 9 schedules, 1 outcomes; a promise was broken in 0$'
sed -i 's/"scenario"/"planted":"receiver-not-woken","scenario"/' "$work/late.json"
run replay "$work/late.json" --every-schedule --findings "$work/found"
expect_code 1
expect_out 'BROKEN   xfer.wake-receiver@pipe'
expect_out '^all 7 schedules, 3 outcomes; a promise was broken in 2$'
run replay "$work/found/pipe.receiver-asleep.every-schedule.program.json" --times 2 \
  --findings "$work/found"
expect_code 1
expect_out 'broken in 2 of 2 rounds'

run replay "$work/two.json" --every-schedule --times 2
expect_code 2
run replay 1.stepped_pipe.pipe.s.5.3 --every-schedule
expect_code 2
expect_err 'only a program'
finish
