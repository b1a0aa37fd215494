#!/bin/sh
# The stack that the library uses and the symbols that it has, in a release build of the static library without `std`.
#
# Uses CARGO_TARGET_DIR, CC (gcc), and CFLAGS for sanitizers and the like.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
cc=${CC:-gcc}
work=$target/tests/c
mkdir -p "$work"

(cd "$root" && CARGO_PROFILE_RELEASE_DEBUG=line-tables-only cargo rustc --quiet --release -p iamlet \
    --no-default-features --features capi --crate-type staticlib --target-dir "$work/cargo")

# Bound at once: the dynamic loader's own stack must not count.
# shellcheck disable=SC2086
"$cc" -std=c99 -Wall -Wextra -Werror -O1 -g -pthread ${CFLAGS:-} -I "$root/include" -I "$root/tests/c" \
    "$root/tests/c/stack.c" "$work/cargo/release/libiamlet.a" -Wl,--gc-sections -Wl,-z,now -o "$work/stack"

failed=0
"$work/stack" || failed=1
"$root/tests/c/symbols.sh" || failed=1
exit $failed
