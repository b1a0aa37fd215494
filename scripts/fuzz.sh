#!/bin/bash
# Fuzzes every target for so many seconds, as many at once as there are processors.
#   scripts/fuzz.sh SECONDS            then merges what was found into build/fuzz/corpus and minimises failing inputs
#   scripts/fuzz.sh SECONDS smoke      does only that, and starts with the seeds alone
# TARGETS names some of the targets, JOBS how many run at once. Failing inputs go to build/fuzz/failing.
set -u
cd "$(dirname "$0")/.."
seconds=$1
mode=${2:-long}
build=$PWD/build/fuzz
jobs=${JOBS:-$(nproc)}
targets=${TARGETS:-$(basename -a -s .rs fuzz/fuzz_targets/*.rs)}

# Fuzzing needs a compiler with sanitizers and C++ for libFuzzer. Without them it is skipped, and only then.
mkdir -p "$build"
compiler=rustc
cargo +nightly --version > /dev/null 2>&1 && compiler="rustc +nightly"
host=$(rustc -vV | sed -n 's/^host: //p')
if ! command -v c++ > /dev/null; then
    echo "SKIPPED: fuzzing, for there is no C++ compiler; the replay of the seeds does not need one"
    exit 0
fi
if ! echo 'fn main() {}' | RUSTC_BOOTSTRAP=1 $compiler -Zsanitizer=address --target "$host" -o "$build/probe" - 2> "$build/probe.err"; then
    echo "SKIPPED: fuzzing, for the compiler has no AddressSanitizer: $(head -1 "$build/probe.err")"
    exit 0
fi

OUT=$build/out CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/fuzz/target} fuzz/build.sh > "$build/build.log" 2>&1 || {
    cat "$build/build.log"
    echo "the targets do not build"
    exit 1
}

run() {
    target=$1
    corpus=$build/corpus/$target
    failing=$build/failing/$target
    [ "$mode" = smoke ] && corpus=$build/smoke/$target
    rm -rf "$build/smoke/$target" "$failing"
    mkdir -p "$corpus" "$failing"
    # The entropic schedule costs more than it gives where an input reaches ten thousand edges.
    flags="-timeout=10 -rss_limit_mb=2048 -entropic=0 -dict=$build/out/$target.dict"
    export ASAN_OPTIONS=detect_leaks=0:malloc_context_size=0
    "$build/out/$target" $flags -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="$failing/" \
        "$corpus" "$build/out/seeds/$target" "fuzz/regressions/$target" > "$build/$target.log" 2>&1
    status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$target.log")
    cover=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$build/$target.log" | tail -1)
    echo "$target: ${runs:-0} runs, ${cover:-0} edges$([ $status -eq 0 ] || echo ", FAILED with status $status: $build/$target.log")"
    if [ "$mode" != smoke ]; then
        rm -rf "$corpus.merged"
        mkdir "$corpus.merged"
        "$build/out/$target" $flags -merge=1 "$corpus.merged" "$corpus" "$build/out/seeds/$target" >> "$build/$target.log" 2>&1 &&
            rm -rf "$corpus" && mv "$corpus.merged" "$corpus"
        for input in "$failing"/*; do
            [ -f "$input" ] && "$build/out/$target" $flags -minimize_crash=1 -max_total_time=30 \
                -exact_artifact_path="$input.least" "$input" >> "$build/$target.log" 2>&1
        done
    fi
    return $status
}

for target in $targets; do mkdir -p "fuzz/regressions/$target"; done
export -f run
export build mode seconds
printf '%s\n' $targets | xargs -P "$jobs" -I{} bash -c 'run {}'
status=$?
for target in $targets; do rmdir "fuzz/regressions/$target" 2> /dev/null; done
if [ $status -ne 0 ]; then
    grep -h -A3 'panicked at\|ERROR: ' "$build"/*.log | head -40
    echo "inputs that fail are in build/fuzz/failing; keep the least one in fuzz/regressions/TARGET"
    exit 1
fi
