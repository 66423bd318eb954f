#!/bin/sh
# coverage.sh [TARGETS...]: line and branch coverage of src/ from clang's own instrumentation.
# Writes coverage.lcov, coverage.txt and a folder html to COVERAGE_OUT (default: ./coverage).
#
# Counters live in a shared mapping (%c, --config=coverage-clang), so that a worker that is killed
# keeps its counts; %p gives every process a file of its own.
set -eu
cd "$(dirname "$0")/.."

out=${COVERAGE_OUT:-$PWD/coverage}
if [ $# -eq 0 ]; then
  set -- //src/...
  for folder in properties fuzz; do
    [ ! -e "$folder/BUILD" ] || set -- "$@" "//$folder/..."
  done
fi

raw=$(mktemp -d)
trap 'rm -rf "$raw"' EXIT
mkdir -p "$out"

# A failing test still counts what it covered; the report is made, and the exit code tells.
failed=0
bazel test --config=coverage-clang --keep_going --sandbox_writable_path="$raw" \
  --test_env=LLVM_PROFILE_FILE="$raw/%m-%p%c.profraw" "$@" || failed=$?

# Too many files for one command line when crews are large.
find "$raw" -name '*.profraw' >"$raw/list"
if [ ! -s "$raw/list" ]; then
  echo "coverage.sh: no test wrote a profile" >&2
  exit 1
fi
llvm-profdata-19 merge -sparse -failure-mode=all -input-files="$raw/list" -o "$out/coverage.profdata"

# llvm-cov sees only the programs that it is given.
bazel cquery --config=coverage-clang --noshow_progress --output=starlark \
  --starlark:expr='"\n".join([f.path for f in target.files.to_list()])' \
  "kind('cc_(test|binary)', set($*)) except attr(tags, 'manual', set($*))" 2>/dev/null | sort -u >"$raw/programs"
set --
while read -r program; do
  [ ! -x "$program" ] || set -- "$@" -object "$program"
done <"$raw/programs"
set -- "$@" -instr-profile "$out/coverage.profdata" \
  -ignore-filename-regex='(^|/)(external|usr)/|_test\.cc$|/canary/' \
  -path-equivalence=/proc/self/cwd,"$PWD"

llvm-cov-19 report "$@" | tee "$out/coverage.txt"
llvm-cov-19 export -format=lcov "$@" >"$out/coverage.lcov"
llvm-cov-19 show -format=html -output-dir="$out/html" "$@" >/dev/null
exit "$failed"
