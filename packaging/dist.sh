#!/bin/sh
# The archives of a release: the source as it was committed, and what `make install` installs, which may be unpacked
# anywhere. The same commit and compiler give the same bytes.
#   packaging/dist.sh LIB VERSION ABI FOLDER
set -eu
cd "$(dirname "$0")/.."
lib=$1
version=$2
abi=$3
out=$4
name=iamlet-$version
built=$name-$(uname -m)-$(uname -s | tr '[:upper:]' '[:lower:]')
mkdir -p "$out"
out=$(cd "$out" && pwd)
rm -rf "$out/$built" "$out/$name"*.tar.gz "$out/SHA256SUMS"

if [ "$(git rev-parse --show-toplevel 2> /dev/null)" = "$(pwd -P)" ]; then
    [ -z "$(git status --porcelain)" ] || echo "the source archive has what is committed, and not the changes since"
    git archive --format=tar --prefix="$name/" HEAD | gzip -n -9 > "$out/$name.tar.gz"
    time=$(git log -1 --format=%ct)
else
    echo "SKIPPED: the source archive, for this folder is no git repository"
    time=$(stat -c %Y Cargo.toml)
fi

export DESTDIR="$out/$built" PREFIX=/ LIBDIR=lib INCLUDEDIR=include PC_PREFIX='${pcfiledir}/../..'
packaging/install.sh "$lib" "$version" "$abi"
packaging/licences.py "$out/$built/share/doc/iamlet/third-party"
tar -C "$out" --sort=name --mtime="@$time" --owner=0 --group=0 --numeric-owner -cf - "$built" |
    gzip -n -9 > "$out/$built.tar.gz"
rm -rf "${out:?}/$built"
(cd "$out" && sha256sum "$name"*.tar.gz > SHA256SUMS && cat SHA256SUMS)
