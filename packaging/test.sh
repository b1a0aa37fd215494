#!/bin/sh
# Installs the library and the archives of `make dist` outside of the tree, and builds foreign programs with what is
# there: in C by pkg-config, in C++ and C by CMake's find_package.
#   packaging/test.sh LIB VERSION ABI DIST
set -eu
here=$(cd "$(dirname "$0")" && pwd)
lib=$1
version=$2
abi=$3
dist=$4
[ "$(uname -s)" = Linux ] || { echo "SKIPPED: soname and links are those of Linux"; exit 0; }
unset DESTDIR LIBDIR INCLUDEDIR PC_PREFIX
away=$(mktemp -d)
trap 'rm -rf "$away"' EXIT
expected='^allow: (arn:aws:iam::[^ ]*, s3:GetObject, [^ ]*: )?an identity-based policy allows( |$)'

fail() {
    echo "FAILED: $1"
    exit 1
}

# says PROGRAM...: it decides as the example does.
says() {
    "$@" | grep -Eq "$expected" || fail "$* does not say: $expected"
}

# tells PREFIX: the tool of this version is there.
tells() {
    [ "$("$1/bin/iamlet" --version)" = "iamlet $version" ] || fail "$1/bin/iamlet is no iamlet $version"
}

# The foreign sources, which see nothing of this tree.
mkdir "$away/source"
cp "$here/../c-examples/first.c" "$here/../cpp/examples/first.cpp" "$here/foreign/CMakeLists.txt" "$away/source"

# with_pkg_config PREFIX LIBDIR
with_pkg_config() {
    if ! command -v pkg-config > /dev/null; then
        echo "SKIPPED: pkg-config, which is not installed"
        return
    fi
    export PKG_CONFIG_PATH="$1/$2/pkgconfig"
    [ "$(pkg-config --modversion iamlet)" = "$version" ] || fail "pkg-config: another version"
    pkg-config --exists "iamlet >= 99" && fail "pkg-config: any version will do"
    (
        cd "$away/source"
        # shellcheck disable=SC2046
        cc -std=c11 first.c $(pkg-config --cflags --libs iamlet) -o "$away/shared"
        # shellcheck disable=SC2046
        cc -std=c11 first.c $(pkg-config --cflags iamlet) -o "$away/static" \
            "$(pkg-config --variable=libdir iamlet)/libiamlet.a"
    )
    readelf -d "$away/shared" | grep -q "NEEDED.*\[libiamlet.so.$abi\]" || fail "the program needs another soname"
    readelf -d "$away/static" | grep -q "NEEDED.*libiamlet" && fail "the static program needs the shared library"
    says env LD_LIBRARY_PATH="$1/$2" "$away/shared"
    says "$away/static"
    rm "$away/shared" "$away/static"
    echo "pkg-config: C, shared and static"
}

# finds PREFIX LIBDIR VERSION: CMake finds this version.
finds() {
    rm -rf "$away/cmake"
    cmake -S "$away/source" -B "$away/cmake" -Diamlet_DIR="$1/$2/cmake/iamlet" -DASK="$3" > "$away/cmake.log" 2>&1
}

# with_cmake PREFIX LIBDIR
with_cmake() {
    if ! command -v cmake > /dev/null; then
        echo "SKIPPED: CMake, which is not installed"
        return
    fi
    for other in "${version%%.*}.99" 99 "${version%.*}.999"; do
        ! finds "$1" "$2" "$other" || fail "find_package(iamlet $other) finds $version"
        grep -q 'considered but not accepted' "$away/cmake.log" || fail "$(cat "$away/cmake.log")"
    done
    for same in "" "$abi" "$version"; do
        finds "$1" "$2" "$same" || fail "find_package(iamlet $same): $(cat "$away/cmake.log")"
    done
    cmake --build "$away/cmake" > "$away/cmake.log" 2>&1 || fail "$(cat "$away/cmake.log")"
    for program in cpp-iamlet cpp-static c-iamlet c-static; do
        says "$away/cmake/$program"
    done
    readelf -d "$away/cmake/cpp-iamlet" | grep -q "NEEDED.*\[libiamlet.so.$abi\]" || fail "another soname by CMake"
    mv "$1/$2/libiamlet.a" "$away/libiamlet.a"
    ! finds "$1" "$2" "$abi" || fail "find_package finds a library that is not there"
    mv "$away/libiamlet.a" "$1/$2/libiamlet.a"
    echo "find_package: C++ and C, shared and static"
}

echo "installed:"
PREFIX=$away/prefix "$here/install.sh" "$lib" "$version" "$abi"
PREFIX=$away/prefix "$here/install.sh" "$lib" "$version" "$abi" # over itself
readelf -d "$away/prefix/lib/libiamlet.so" | grep -q "SONAME.*\[libiamlet.so.$abi\]" || fail "another soname"
tells "$away/prefix"
with_pkg_config "$away/prefix" lib
with_cmake "$away/prefix" lib

echo "staged with DESTDIR, in a folder of an architecture:"
DESTDIR=$away/stage PREFIX=/opt/iamlet LIBDIR=lib/some-arch "$here/install.sh" "$lib" "$version" "$abi"
grep -qx 'prefix=/opt/iamlet' "$away/stage/opt/iamlet/lib/some-arch/pkgconfig/iamlet.pc" ||
    fail "DESTDIR is in iamlet.pc"
! grep -rlIF "$away" "$away/stage" || fail "these files name DESTDIR"
with_cmake "$away/stage/opt/iamlet" lib/some-arch
for wrong in "PREFIX=relative" "LIBDIR=/lib" "INCLUDEDIR=../include"; do
    ! env DESTDIR="$away/wrong" "$wrong" "$here/install.sh" "$lib" "$version" "$abi" 2> /dev/null ||
        fail "$wrong is taken"
done

echo "from the archive:"
(cd "$dist" && sha256sum --quiet -c SHA256SUMS)
if [ -e "$dist/iamlet-$version.tar.gz" ]; then
    tar -tzf "$dist/iamlet-$version.tar.gz" > "$away/list"
    for file in Cargo.lock Makefile src/lib.rs include/iamlet.h packaging/install.sh; do
        grep -qx "iamlet-$version/$file" "$away/list" || fail "$file is not in the source archive"
    done
fi
mkdir "$away/unpacked"
tar -C "$away/unpacked" -xzf "$dist/iamlet-$version-$(uname -m)-linux.tar.gz"
tells "$away/unpacked/iamlet-$version-$(uname -m)-linux"
with_pkg_config "$away/unpacked/iamlet-$version-$(uname -m)-linux" lib
with_cmake "$away/unpacked/iamlet-$version-$(uname -m)-linux" lib
