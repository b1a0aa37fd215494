#!/bin/sh
# The C programs and the C ABI's Rust tests with a library that is instrumented itself: AddressSanitizer with UBSan, and
# ThreadSanitizer for eight threads on one set, by gcc and by clang. Each sanitizer first has to see a planted error.
#   tests/c/sanitizers.sh FOLDER     FOLDER is for all that is built
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$root"
host=$(rustc -vV | sed -n 's/^host: //p')

# The sanitizers of rustc are not stable: RUSTC_BOOTSTRAP lets a stable compiler take their flags.
export RUSTC_BOOTSTRAP=1
if ! rustc -Zsanitizer=address --target "$host" --print cfg > /dev/null 2>&1; then
    echo "SKIPPED: instrumenting the library: this rustc has no sanitizers for $host"
    exit 0
fi
scripts/setup clang=clang
instrumented() {
    RUSTFLAGS="-Zsanitizer=$1 -Cunsafe-allow-abi-mismatch=sanitizer" cargo rustc --quiet --release -p iamlet \
        --no-default-features --features capi --crate-type staticlib --target "$host" --target-dir "$out/$1" >&2
    echo "$out/$1/$host/release/libiamlet.a"
}

# Which compilers have a runtime of the sanitizers here.
compilers=
for cc in gcc clang; do
    echo 'int main(void) { return 0; }' > "$out/empty.c"
    if "$cc" -fsanitize=address,undefined "$out/empty.c" -o "$out/empty" 2> /dev/null &&
        "$cc" -fsanitize=thread "$out/empty.c" -o "$out/empty" 2> /dev/null; then
        compilers="$compilers $cc"
    elif [ "$cc" = clang ] && command -v clang > /dev/null; then
        version=$(clang -dumpversion)
        APT_OPTIONS=--no-install-recommends scripts/setup "no-clang-rt=libclang-rt-${version%%.*}-dev"
        if clang -fsanitize=address,undefined "$out/empty.c" -o "$out/empty" 2> /dev/null; then
            compilers="$compilers clang"
        else
            echo "SKIPPED: $cc: it has no runtime of the sanitizers"
        fi
    else
        echo "SKIPPED: $cc: it is not installed, or has no runtime of the sanitizers"
    fi
done
[ -n "$compilers" ] || exit 0

# Fails unless a program ends with an error of the sanitizer that says this.
must_report() {
    what=$1
    shift
    if "$@" > "$out/planted.log" 2>&1 || ! grep -q "$what" "$out/planted.log"; then
        cat "$out/planted.log"
        echo "FAILED: a planted error was not seen: $what"
        exit 1
    fi
}

address=$(instrumented address)
thread=$(instrumented thread)
for cc in $compilers; do
    echo "$cc, AddressSanitizer and UBSan:"
    flags="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all"
    # shellcheck disable=SC2086
    "$cc" -std=c11 $flags -Iinclude tests/c/overread.c "$address" -Wl,--gc-sections -o "$out/overread-$cc"
    must_report heap-buffer-overflow "$out/overread-$cc"
    make -s -C c-examples test CC="$cc" LIB="$address" BUILD="$out/c-address-$cc" CFLAGS="$flags"

    echo "$cc, ThreadSanitizer:"
    for program in tests/c/threads c-examples/reload; do
        "$cc" -std=c11 -Wall -Wextra -Werror -O1 -g -fsanitize=thread -pthread -Iinclude "$program.c" \
            c-examples/support.c tests/c/tsan_memory.c "$thread" -Wl,--gc-sections \
            -o "$out/$(basename "$program")-$cc"
    done
    must_report 'data race' "$out/threads-$cc" 100 race
    "$out/threads-$cc" 500
    "$out/reload-$cc" 3
done

# Leaks are not looked for: tests leak small things on purpose, and the library has no heap.
echo "the Rust tests of the C ABI, AddressSanitizer:"
ASAN_OPTIONS=detect_leaks=0 RUSTFLAGS="-Zsanitizer=address -Cunsafe-allow-abi-mismatch=sanitizer" cargo test --quiet -p iamlet \
    --features capi,std --target "$host" --target-dir "$out/address" --test c_abi --test hostile_images \
    --test truncated_documents
