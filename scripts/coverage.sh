#!/bin/sh
# The lines of the library that the Rust tests run: fails below 98 % of them, and lists those that are not run.
#   scripts/coverage.sh FOLDER     FOLDER is for all that is built
set -eu

least=98
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$root"

# The profile's format is that of rustc's own LLVM.
llvm=$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
scripts/setup "llvm-cov-$llvm=llvm-$llvm"
if ! command -v "llvm-cov-$llvm" > /dev/null; then
    echo "SKIPPED: coverage: there is no llvm-cov of LLVM $llvm, as rustc has"
    exit 0
fi

rm -rf "$out/profiles"
export CARGO_TARGET_DIR="$out/target" LLVM_PROFILE_FILE="$out/profiles/%p-%m.profraw"
export RUSTFLAGS="-Cinstrument-coverage"
set -- test -p iamlet --lib --tests --features capi,std
cargo "$@" > "$out/tests.log" 2>&1 || { tail -40 "$out/tests.log"; exit 1; }
programs=$(cargo "$@" --no-run --message-format=json 2> /dev/null |
    sed -n 's/.*"executable":"\([^"]*\)".*/-object \1/p')
"llvm-profdata-$llvm" merge -sparse "$out"/profiles/*.profraw -o "$out/all.profdata"

# Tests of their own do not count.
only="-ignore-filename-regex=(_tests\.rs$|/tests/|/crates/cases/|/\.cargo/|/rustc/|/rustlib/)"
# shellcheck disable=SC2086
"llvm-cov-$llvm" export -format=lcov -instr-profile="$out/all.profdata" "$only" $programs > "$out/lcov.info"
python3 scripts/coverage.py "$out/lcov.info" "$root" "$least"
