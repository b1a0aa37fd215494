#!/bin/sh
# Mutation testing of what makes a decision: changes the files that .cargo/mutants.toml names, one place at a time, and
# fails where the tests notice nothing and docs/mutation.md does not say why.
#   scripts/mutants.sh FOLDER     FOLDER is for all that is written; what was caught there is not run again
set -eu

if ! command -v cargo-mutants > /dev/null; then
    echo "SKIPPED: mutation testing: there is no cargo-mutants (cargo install --locked cargo-mutants)"
    exit 0
fi
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$root"
# Each mutant is built where the sources were copied to.
unset CARGO_TARGET_DIR
# Without optimization the largest scratch memory, which some tests have on the stack, does not fit a thread's own size.
export RUST_MIN_STACK=33554432
: > "$out/left"

# stage FILES ARGUMENTS...: the mutants of FILES that were not caught yet. Survivors are no failure of a stage.
stage() {
    files=$1
    shift
    cargo mutants --iterate -o "$out" -F "$files" "$@" || [ $? -le 3 ]
}

# What has survived the last stage of its files is left.
left() {
    cat "$out/mutants.out/missed.txt" >> "$out/left"
}

# First the tests that take least; what they leave, with those that see more.
deciding='evaluate/(layers|combine|condition|compare|pattern|candidates)\.rs'
stage "$deciding" -C --test=vectors
stage "$deciding" -C --lib -C --test=charges -C --test=conditions -C --test=layers_declared -C --test=multi_resource \
    -C --test=other_principals -C --test=same_account -C --test=several_sets -- -- --skip ground:: --skip parse::
left
stage ground/wildcard -C --lib -- -- ground::wildcard --skip both_searches --skip hostile \
    --skip every_short_pattern_agrees --skip every_pattern_of_stars
stage ground/wildcard -C --lib -- -- ground::wildcard
left
stage image/index -C --test=several_sets -C --test=hostile_indexes -C --test=index_keys
stage image/index -C --test=hostile_images -C --test=charges -C --test=workloads
left

# By file, change and function: lines move.
sed 's/:[0-9]*:[0-9]*: /: /' "$out/left" | while read -r mutant; do
    grep -qF "\`${mutant#*: }\`" docs/mutation.md || echo "$mutant"
done > "$out/unexplained"
echo "$(grep -c . "$out/left" || true) survive; without an explanation in docs/mutation.md:"
cat "$out/unexplained"
[ ! -s "$out/unexplained" ]
