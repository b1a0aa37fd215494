#!/bin/sh
# Builds the filter: libiamlet_filter.so, which Envoy finds by ENVOY_DYNAMIC_MODULES_SEARCH_PATH.
#   gateways/envoy/build.sh LIB FOLDER       LIB is libiamlet.a
# CFLAGS are for the compiler, and IAMLET_LINK for the linker, beside those that the filter needs.
# Needs a C compiler and jansson (Debian: libjansson-dev), which reads the filter's configuration.
set -eu
lib=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")
cd "$(dirname "$0")"
${CC:-cc} -std=gnu11 -O2 -g -fPIC ${CFLAGS:-} -fvisibility=hidden -Wall -Wextra -Werror -shared -I../../include -I../shared \
    filter.c settings.c ../shared/*.c "$lib" ${IAMLET_LINK:-} -Wl,--gc-sections -Wl,--exclude-libs,ALL -ljansson \
    -o "$out/libiamlet_filter.so"
