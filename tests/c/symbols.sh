#!/bin/sh
# What the static library brings along and what it asks for: no allocator, no function beside those of the header, no
# panic and no JSON in a program that prepares requests and decides, and in one that compiles no call of a panic beside
# those that docs/hardening.md explains.
#
# Uses CARGO_TARGET_DIR, CC (gcc) and NM (nm, or an llvm-nm that is as new as rustc's LLVM).
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
cc=${CC:-gcc}
nm=${NM:-nm}
work=$target/tests/c
mkdir -p "$work"
failed=0

fail() {
    echo "FAILED: $1"
    failed=1
}

# Line tables change no code, and tell where in the source a call is.
(cd "$root" && CARGO_PROFILE_RELEASE_DEBUG=line-tables-only cargo rustc --quiet --release -p iamlet \
    --no-default-features --features capi --crate-type staticlib --target-dir "$work/cargo")
library=$work/cargo/release/libiamlet.a

# The engine's own object; the others are compiler_builtins, which every Rust archive has.
objects=$(ar t "$library" | grep '^iamlet-.*\.o$' || true)
if [ "$(echo "$objects" | grep -c .)" != 1 ]; then
    echo "FAILED: not one object of the engine in $library: $objects"
    exit 1
fi
ar p "$library" "$objects" > "$work/engine.o"
"$nm" "$work/engine.o" > "$work/engine.symbols"
if ! grep -q ' T iamlet_decide$' "$work/engine.symbols"; then
    # LTO bitcode instead of machine code: a newer nm is needed.
    echo "FAILED: $nm finds no iamlet_decide in the engine's object"
    exit 1
fi

# 1. What it asks for: these four or five functions of C and nothing else.
asked=$(awk '$1 == "U" { print $2 }' "$work/engine.symbols" | sort)
echo "asks for:" $asked
for symbol in $asked; do
    case $symbol in
        abort | bcmp | memcmp | memcpy | memmove | memset) ;;
        *alloc* | *malloc* | free | realloc | calloc) fail "the engine names the allocator: $symbol" ;;
        *) fail "the engine asks for $symbol" ;;
    esac
done
if grep -Eq '__rust_(no_)?alloc|__rust_dealloc|__rust_realloc|__rg_' "$work/engine.symbols"; then
    fail "the engine has an allocator in it"
fi

# 2. What it brings along: the functions of the header, no more and no fewer.
"$cc" -E -P "$root/include/iamlet.h" | tr '\n' ' ' | grep -Eo '\biamlet_[a-z0-9_]+ *\(' | tr -d ' (' | sort -u \
    > "$work/declared"
awk '$2 ~ /^[A-TV-Z]$/ { print $3 }' "$work/engine.symbols" | sort -u > "$work/defined"
if ! diff "$work/declared" "$work/defined" > "$work/difference"; then
    fail "header and library differ (< declared, > defined):"
    cat "$work/difference"
fi
echo "defines: $(wc -l < "$work/defined") functions, as declared"

# 3. What stays in a program that decides and compiles nothing.
links() {
    name=$1
    shift
    "$cc" -std=c99 -Wall -Wextra -Werror -O2 "$@" -I "$root/include" "$root/tests/c/decide_only.c" "$library" \
        -Wl,--gc-sections -o "$work/$name"
    "$work/$name" > "$work/$name.log" || fail "$name: $(cat "$work/$name.log")"
    "$nm" "$work/$name" > "$work/$name.symbols"
    size "$work/$name" | awk -v name="$name" 'NR == 2 { print name ": text " $1 ", data " $2 ", bss " $3 }'
}

stays() {
    name=$1
    shift
    for what; do
        if grep "$what" "$work/$name.symbols" | grep -v ' [UwW] '; then
            echo "    in $name; referred to by"
            callers "$what"
            found=1
        fi
    done
}

# Functions of the engine that refer to a symbol whose name has this in it.
callers() {
    objdump -dr --no-show-raw-insn "$work/engine.o" | awk -v what="$1" '
        /^[0-9a-f]+ <.*>:$/ { in_function = $2 }
        /R_X86_64|R_AARCH64/ && index($0, what) { print "    " in_function }' | sort -u
}

# The names, mangled, of JSON and formatting.
found=0
links decide_only
stays decide_only serde 6iamlet5parse 4core3fmt 6iamlet4tell 7explain
links decide_and_prepare -DPREPARES
stays decide_and_prepare serde 6iamlet5parse 4core3fmt 6iamlet4tell 7explain
[ $found = 0 ] || fail "formatting, JSON or explanations stay in a program that only decides"

# 4. Panics and allocators: none in these programs. In those that build sets or compile, calls of panics that
# docs/hardening.md knows.
panics() {
    name=$1
    shift
    python3 "$root/tests/c/panics.py" "$work/$name" "$@" > "$work/$name.panics" || fail "$name: calls that are not known"
    cat "$work/$name.panics"
}
panics decide_only
panics decide_and_prepare
links builds_sets -DPREPARES -DBUILDS
panics builds_sets "$root/docs/hardening.md"
links compiles -DCOMPILES
panics compiles "$root/docs/hardening.md"

[ $failed = 0 ] && echo "symbols: ok"
exit $failed
