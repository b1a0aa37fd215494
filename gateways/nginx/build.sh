#!/bin/sh
# Builds the module for the nginx of Debian's packages (nginx, nginx-dev), or for another nginx's source.
#   gateways/nginx/build.sh LIB FOLDER       LIB is libiamlet.a; FOLDER gets ngx_http_iamlet_module.so
# CFLAGS are for the compiler, and IAMLET_LINK for the linker, beside those that the module needs.
# NGINX_SOURCE is the source's folder, with `conf_flags` as Debian has it: the options that nginx itself was built with.
set -eu
export IAMLET_LINK="${IAMLET_LINK:-} ${CFLAGS:-}"
lib=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)
source=${NGINX_SOURCE:-/usr/share/nginx/src}

rm -rf "$out/source"
cp -rL "$source" "$out/source"
cd "$out/source"
export IAMLET_INCLUDE="$here/../../include" IAMLET_LIB="$lib"
# The options are an array, which sh does not have.
bash -c '. ./conf_flags && ./configure "${NGX_CONF_FLAGS[@]}" --with-cc-opt="-g -O2 -fPIC -std=gnu11 ${CFLAGS:-}" \
    --add-dynamic-module="$1"' -- "$here" > "$out/configure.log" 2>&1 || { tail -20 "$out/configure.log"; exit 1; }
make -s -f objs/Makefile modules > "$out/make.log" 2>&1 || { tail -40 "$out/make.log"; exit 1; }
cp objs/ngx_http_iamlet_module.so "$out/"
