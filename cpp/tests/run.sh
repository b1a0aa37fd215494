#!/bin/sh
# The C++ headers, with gcc and clang: they are whole, compile without a warning, and pass their test
# under AddressSanitizer and UndefinedBehaviorSanitizer, and without exceptions.
#   cpp/tests/run.sh LIBIAMLET.A FOLDER
set -eu
cd "$(dirname "$0")"
lib=$1
out=$2
header=../../include/iamlet.h
headers="../../include/iamlet.hpp ../../include/iamlet/*.hpp"
failed=0
fail() {
    echo "FAILED: $1"
    failed=1
}
mkdir -p "$out"

# All of the C API is there: each function, enumerator and constant is used in the headers.
{
    cc -E -P "$header" | tr '\n' ' ' | grep -Eo '\biamlet_[a-z0-9_]+ *\(' | tr -d ' ('
    grep -Eo '\bIAMLET_[A-Z0-9_]+ (=|[0-9])' "$header" | cut -d ' ' -f 1
} | grep -v IAMLET_VERSION_PATCH | sort -u > "$out/names"
while read -r name; do
    grep -qw "$name" $headers || fail "$name is not in the C++ headers"
done < "$out/names"
[ "$(wc -l < "$out/names")" -gt 150 ] || fail "only $(wc -l < "$out/names") names were found in iamlet.h"

# An enumerator has the name of its number, in lower case, with an underscore where that is a keyword.
awk '$2 == "=" && $3 ~ /^IAMLET_/ {
    sub(/,.*/, "", $3)
    sub(/_$/, "", $1)
    if (substr($3, length($3) - length($1)) != "_" toupper($1)) { print $1 " is not " $3; wrong = 1 }
} END { exit wrong }' ../../include/iamlet/numbers.hpp || fail "an enumerator has another name than in iamlet.h"

# Each includes what it needs.
for file in $headers; do
    echo "#include \"$file\"" | c++ -x c++ -std=c++17 -fsyntax-only - || fail "$file by itself"
done

# An older standard is told so.
! echo '#include "../../include/iamlet.hpp"' | c++ -x c++ -std=c++14 -fsyntax-only - 2> "$out/older" &&
    grep -q "iamlet.hpp needs C++17" "$out/older" || fail "what C++14 says"

# The README shows what is run, in nine lines at most.
awk '/README ends/ { on = 0 } on { sub(/^    /, ""); print } /README begins/ { on = 1 }' \
    ../examples/first.cpp > "$out/example"
awk '/^```$/ { on = 0 } on { print } /^```cpp$/ { on = 1 }' ../../README.md > "$out/readme"
cmp -s "$out/example" "$out/readme" || fail "the C++ in README.md is not that of cpp/examples/first.cpp"
[ "$(wc -l < "$out/readme")" -le 9 ] || fail "the C++ in README.md has more than nine lines"

for compiler in g++ clang++; do
    if ! command -v $compiler > /dev/null; then
        echo "SKIPPED: $compiler, which is not installed"
        continue
    fi
    for standard in c++17 c++20 c++2b; do
        for file in $headers; do
            echo "#include \"$file\""
        done | $compiler -x c++ -std=$standard -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast \
            -Werror -fsyntax-only - || fail "the headers, $compiler, $standard"
    done
    if [ ! -e /usr/include/gtest/gtest.h ] || [ ! -e /usr/include/nlohmann/json.hpp ]; then
        echo "SKIPPED: the test with $compiler: libgtest-dev or nlohmann-json3-dev is not installed"
        continue
    fi
    make -s -j2 test CXX=$compiler LIB="$lib" BUILD="$out/$compiler-sanitized" \
        CXXFLAGS="-O0 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all" || fail "$compiler, sanitized"
    make -s -j2 test CXX=$compiler LIB="$lib" BUILD="$out/$compiler-no-exceptions" \
        CXXFLAGS="-O2 -fno-exceptions -fno-rtti" PARTS="calls decisions explain heap" || fail "$compiler, without exceptions"
done
exit $failed
