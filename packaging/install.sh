#!/bin/sh
# Installs what `make build` built: `make install`.
#   packaging/install.sh LIB VERSION ABI
# LIB is the folder of the libraries and of the tool, `iamlet`. From the environment: PREFIX; LIBDIR and INCLUDEDIR, folders below it; DESTDIR,
# which goes before all of them and into no file; PC_PREFIX, the prefix that iamlet.pc names, if it is another.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/..
lib=$1
VERSION=$2
ABI=$3
PREFIX=${PREFIX:-/usr/local}
LIBDIR=${LIBDIR:-lib}
INCLUDEDIR=${INCLUDEDIR:-include}
case $PREFIX in /*) ;; *) echo "PREFIX is not an absolute path: $PREFIX" >&2; exit 1 ;; esac
case $LIBDIR:$INCLUDEDIR in
/* | *:/* | *..*) echo "LIBDIR and INCLUDEDIR are folders below PREFIX: $LIBDIR, $INCLUDEDIR" >&2; exit 1 ;;
esac
to=${DESTDIR:-}$PREFIX
cmake=$LIBDIR/cmake/iamlet

# From the CMake files up to the prefix: as many steps as there are names on the way down.
up=$(echo "$cmake" | sed 's|[^/][^/]*|..|g')
fill() {
    sed -e "s|@PREFIX@|${PC_PREFIX:-$PREFIX}|; s|@LIBDIR@|$LIBDIR|; s|@INCLUDEDIR@|$INCLUDEDIR|" \
        -e "s|@VERSION@|$VERSION|; s|@ABI@|$ABI|; s|@UP@|$up|" "$here/$1.in" > "$2/$1"
    chmod 644 "$2/$1"
}

install -d "$to/bin" "$to/$LIBDIR/pkgconfig" "$to/$cmake" "$to/$INCLUDEDIR/iamlet" "$to/share/doc/iamlet"
install -m 755 "$lib/iamlet" "$to/bin"
install -m 644 "$lib/libiamlet.a" "$to/$LIBDIR"
install -m 755 "$lib/libiamlet.so.$VERSION" "$to/$LIBDIR"
ln -sf "libiamlet.so.$VERSION" "$to/$LIBDIR/libiamlet.so.$ABI"
ln -sf "libiamlet.so.$ABI" "$to/$LIBDIR/libiamlet.so"
install -m 644 "$root/include/iamlet.h" "$root/include/iamlet_easy.h" "$root/include/iamlet.hpp" "$to/$INCLUDEDIR"
install -m 644 "$root"/include/iamlet/*.hpp "$to/$INCLUDEDIR/iamlet"
install -m 644 "$root"/LICENSE* "$root/CHANGELOG.md" "$root/docs/semantics.md" "$to/share/doc/iamlet"
fill iamlet.pc "$to/$LIBDIR/pkgconfig"
fill iamlet-config.cmake "$to/$cmake"
fill iamlet-config-version.cmake "$to/$cmake"
