#!/bin/sh
# The ABI against what was promised: the functions of the shared library, and the types, enums and constants of the
# header, as libabigail sees them. The library alone would not do: it has no types to look at.
#   tests/abi/check.sh LIBIAMLET.SO FOLDER            fails where something differs from the baselines in tests/abi/
#   tests/abi/check.sh LIBIAMLET.SO FOLDER accept     writes the baselines
set -eu

here=$(cd "$(dirname "$0")" && pwd)
header=$here/../../include/iamlet.h
library=$1
out=$2
mkdir -p "$out"

accept=${3:-}

# Nothing is accepted where nothing can be looked at.
skip() {
    echo "SKIPPED: $1"
    [ "$accept" != accept ]
    exit
}
[ "$(uname -sm)" = "Linux x86_64" ] || skip "the ABI's baselines are those of Linux on x86-64"
command -v abidiff > /dev/null || skip "abidiff (Debian's abigail-tools) is not installed"

# Exported are the functions of the header, no more and no fewer.
cc -E -P "$header" | tr '\n' ' ' > "$out/header.i"
grep -Eo '\biamlet_[a-z0-9_]+ *\(' "$out/header.i" | tr -d ' (' | sort -u > "$out/functions"
nm -D --defined-only "$library" | awk '{ print $3 }' | sort -u > "$out/exported"
if ! diff "$out/functions" "$out/exported"; then
    echo "FAILED: header and shared library differ (< declared, > exported)"
    exit 1
fi

# A library of one variable for each function, type and constant of the header.
{
    echo '#include "iamlet.h"'
    echo '#include "sizes.h"'
    while read -r name; do
        echo "__typeof__(&$name) abi_$name;"
    done < "$out/functions"
    grep -Eo 'typedef (struct|enum) iamlet_[a-z0-9_]+' "$out/header.i" | sort -u | while read -r _ kind name; do
        echo "$kind $name abi_$name;"
    done
    # An enum for each: libabigail lets a value pass that another name of the enum has.
    grep -Eo '^#define IAMLET_[A-Z0-9_]+ ([0-9"(]|UINT32_C).*' "$header" | while read -r _ name _; do
        echo "enum of_$name { abi_$name = $name } of_$name;"
    done
} > "$out/probe.c"
cc -g -O0 -std=gnu11 -fPIC -shared -I"$here/../../include" -I"$here" "$out/probe.c" -o "$out/probe.so"

failed=0
# Compares, or accepts: the baseline, what it is to be compared with, and what that is.
compare() {
    if [ "$accept" = accept ]; then
        abidw --no-corpus-path --no-comp-dir-path --no-show-locs "$2" | sed "s/ path='[^']*'//" > "$here/$1"
        echo "accepted: tests/abi/$1"
    elif ! abidiff --harmless --no-show-locs "$here/$1" "$2" > "$out/difference"; then
        cat "$out/difference"
        echo "FAILED: $3 changed. If that is meant: make accept-abi, a new version, and a line in the changelog"
        failed=1
    fi
}
compare libiamlet.so.abi "$library" "what the shared library exports"
compare iamlet.h.abi "$out/probe.so" "a type, an enum or a constant of the header"
[ $failed = 0 ] && echo "the ABI is that of the baselines"
exit $failed
