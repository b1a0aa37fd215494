#!/bin/bash -eu
# Builds every target with libFuzzer and AddressSanitizer into $OUT, as OSS-Fuzz asks for it: program, dictionary,
# seeds (a zip where there is zip, else a folder). OSS-Fuzz sets SRC, OUT and RUSTFLAGS; scripts/fuzz.sh runs it too.
#
# It is cargo-fuzz without cargo-fuzz: the flags are those that it sets. A stable compiler takes them as well.
cd "$(dirname "$0")"
: "${OUT:?the folder for the targets}"
mkdir -p "$OUT"
OUT=$(cd "$OUT" && pwd)
host=$(rustc -vV | sed -n 's/^host: //p')
flags=${RUSTFLAGS:-}
has() { case " $flags " in *" $1"*) true ;; *) false ;; esac; }
has "--cfg fuzzing" || flags="$flags --cfg fuzzing"
case ${SANITIZER:-address} in
    coverage) has "-Cinstrument-coverage" || flags="$flags -Cinstrument-coverage" ;;
    *) has "-Zsanitizer" || flags="$flags -Zsanitizer=${SANITIZER:-address}" ;;
esac
flags="$flags -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares -Cforce-frame-pointers"
if cargo +nightly --version > /dev/null 2>&1; then
    cargo="cargo +nightly"
else
    cargo=cargo
    export RUSTC_BOOTSTRAP=1
fi
target=${CARGO_TARGET_DIR:-target}
targets=$(basename -a -s .rs fuzz_targets/*.rs)
RUSTFLAGS=$(echo $flags) $cargo build -q --release $(printf -- '--bin %s ' $targets) --target "$host" --target-dir "$target"

# The seeds are written by a program without instrumentation: the one that `cargo test` builds as well.
corpus=../corpus/aws-managed-policies.jsonl
seeds=$OUT/seeds
RUSTFLAGS= cargo run -q --bin seeds --target-dir "$target" -- write "$seeds" $([ ! -f $corpus ] || echo $corpus)
for name in $targets; do
    cp "$target/$host/release/$name" "$OUT/$name"
    cp policy.dict "$OUT/$name.dict"
    printf '[libfuzzer]\nentropic = 0\ntimeout = 10\n' > "$OUT/$name.options"
    if command -v zip > /dev/null; then (cd "$seeds/$name" && zip -q -r "$OUT/${name}_seed_corpus.zip" .); fi
done
