#!/bin/bash
# What the user got wrong is named, with what to write instead, and is exit code 2.
. "$(dirname "$0")/testing.sh"

refuses() {
  local pattern=$1
  shift
  run "$@"
  expect_code 2
  expect_err "$pattern"
  [ ! -s "$work/out" ] || complain "printed a result"
}

refuses 'parley \[OPTIONS\]|Usage' # without a command: the help
refuses 'unknown command "rnu"; did you mean "run"' rnu
refuses 'unknown option "--fro"; did you mean "--for"' run --fro 3s
refuses '"more" is one word too many' sweep more
refuses 'promise.*did you mean "promises"' list promise

refuses '"pip" is no facility.*did you mean "pipe"' run pip
refuses 'did you mean "conservation"' run conservatoin
refuses 'did you mean "pipe.order"' run pipe.ordr
refuses 'no planted bug "drop-mesage"; did you mean "drop-message"' run --planted drop-mesage
for crew in 0x1 1x0 65x1 1x65 8 8x 8x2x3 -1x2 junk; do
  refuses "--workers $crew: write WRITERSxREADERS, each 1..64" run --workers "$crew"
done
for time in 0 junk -5s 1e99s 5 0s ''; do refuses '--for' run --for "$time"; done
refuses '--rounds: "0"' run --rounds 0
refuses '--seed: "-1"' run --seed -1
refuses '--contain: "foo"' run --contain foo
refuses '--dir: is empty' run --dir ''
refuses '"/nope" is not a directory' run fifo --dir /nope
refuses 'is not a directory' run fifo --dir "$0"
refuses '--dir .*: a path of [0-9]+ bytes; at most' run --dir "$(printf './%.0s' {1..200})"
refuses '--json /nope/x: cannot be written: ENOENT' run --json /nope/x
refuses '--junit \.: cannot be written: EISDIR' run --junit .
refuses '--findings /dev/null/x: cannot be written: ENOTDIR' run --findings /dev/null/x

# scenario LINE: a file whose line 9 is that.
scenario() {
  cat >"$work/bad.toml" <<END
# A scenario that is wrong in its ninth line, if at all.
facilities   = ["pipe"]
promises     = ["xfer.conservation"]
rounds       = 0
encoding     = "framed"
record_bytes = 64

[[workers]]
$1
role          = "writer"
topology      = "related"
ends          = "write"
calls         = { write = 1 }
operations    = 10
message_bytes = "record"

[[workers]]
role         = "reader"
count        = 1
topology     = "related"
ends         = "read"
calls        = { read = 1 }
buffer_bytes = "record"
END
}
scenario 'count = 1'
run run "$work/bad.toml" --rounds 1
expect_code 0
scenario 'count = 0'
refuses 'bad.toml:9:9: worker.count is 0; it must be 1..64' run "$work/bad.toml"
scenario 'count = 65'
refuses 'bad.toml:9:9: worker.count is 65' run "$work/bad.toml"
scenario 'count = "two"'
refuses 'bad.toml:9:9: worker.count is a string' run "$work/bad.toml"
scenario 'cuont = 1'
refuses 'bad.toml:9:1: unknown key "worker.cuont"; did you mean "count"' run "$work/bad.toml"
scenario 'count = '
refuses 'bad.toml:9:' run "$work/bad.toml"
scenario 'count = 1'
sed -i 's/64/99999999999/' "$work/bad.toml"
refuses 'bad.toml:6:16: record_bytes is 99999999999; it must be 1\.\.' run "$work/bad.toml"
sed -i 's/conservation/conservatoin/' "$work/bad.toml"
refuses 'bad.toml:3:.*did you mean "xfer.conservation"' run "$work/bad.toml"
: >"$work/bad.toml"
refuses 'bad.toml:1:1' run "$work/bad.toml"
refuses 'ENOENT' run "$work/none.toml"

good=1.conservation.pipe.f.7.0
refuses 'not a token' replay ''
refuses 'not a token' replay junk
refuses 'version 2; this parley reads version 1' replay "2${good#1}"
refuses 'fields' replay 1.conservation.pipe
refuses 'no scenario "nope"' replay 1.nope.pipe.f.7.0
refuses 'facility "pip" is unknown; did you mean "pipe"' replay 1.conservation.pip.f.7.0
refuses 'mode "x"' replay 1.conservation.pipe.x.7.0
refuses 'not a seed' replay 1.conservation.pipe.f.-7.0
refuses 'not a round' replay 1.conservation.pipe.f.7.99999999999999999999
refuses 'not a crew' replay "$good.w0x1"
refuses 'no planted bug "nope"' replay "$good.pnope"
refuses 'open_nonblock.*pipe' replay 1.open_nonblock.pipe.f.7.0

run run xfer.conservation@pipe --rounds 1 --keep-history --findings "$work/kept"
history=$(find "$work/kept" -name '1.conservation.*' | head -1)
bad=$work/bad.jsonl
refuses 'ENOENT' check /nope
refuses 'not a regular file' check .
refuses 'not a regular file' check /dev/zero
: >"$bad"
refuses 'the file is empty' check "$bad"
head -c 100000 "$parley" >"$bad"
refuses 'not a parley history' check "$bad"
echo '{"time": 1}' >"$bad"
refuses 'bad.jsonl:1: not a parley history' check "$bad"
head -n 20 "$history" >"$bad"
refuses 'truncated' check "$bad"
head -c 3000 "$history" >"$bad"
refuses 'bad.jsonl:[0-9]+: no valid JSON' check "$bad"
sed '5s/"worker":[0-9]*/"worker":999/' "$history" >"$bad"
refuses 'bad.jsonl:5' check "$bad"
sed '1s/"version":3/"version":9/' "$history" >"$bad"
refuses 'version 9; this parley reads version 3' check "$bad"
sed '1s/"pipe"/"pip"/' "$history" >"$bad"
refuses 'facility "pip" is unknown; did you mean "pipe"' check "$bad"
cat "$history" "$history" >"$bad"
refuses 'follows the end' check "$bad"
expect_clean
finish
