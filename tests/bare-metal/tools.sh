#!/bin/sh
# What building for a Cortex-M4 takes beyond the Rust toolchain: the ARM compiler, QEMU, and a rustc whose sources of
# `core` are to be had. Debian's rustc-web is one; it is unpacked beside the installed one, not installed.
# Prints nothing where all is there. Else ends with 1, with the reason on the standard error.
#   tests/bare-metal/tools.sh FOLDER     FOLDER/rustc is then the compiler
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$1

missing() {
    echo "$1" >&2
    exit 1
}

APT_OPTIONS=--no-install-recommends "$root/scripts/setup" arm-none-eabi-gcc=gcc-arm-none-eabi \
    qemu-system-arm=qemu-system-arm >&2
for tool in arm-none-eabi-gcc qemu-system-arm; do
    command -v "$tool" > /dev/null || missing "$tool is not installed"
done

[ -x "$folder/rustc" ] && exit 0
command -v apt-get > /dev/null && command -v dpkg > /dev/null || missing "Debian's rustc-web needs apt-get and dpkg"
rm -rf "$folder"
mkdir -p "$folder/debs"
cd "$folder/debs"
# The versions are in the names of what it depends on.
download() {
    # shellcheck disable=SC2046
    apt-get download -qq rustc-web rust-web-src $(apt-cache depends --recurse --no-recommends --no-suggests \
        --no-conflicts --no-breaks --no-replaces --no-enhances rustc-web |
        grep -E '^(libstd-rust-web.*|libllvm[0-9]+)$' | sort -u) > apt.log 2>&1
}
download || { [ "$(id -u)" -eq 0 ] && apt-get update -qq > /dev/null && download; } ||
    missing "apt-get cannot download rustc-web: $(grep '^E:' apt.log | head -n 1)"
for package in *.deb; do
    case $package in
        rust-web-src_*) wanted='./usr/src/rustc-*/library ./usr/lib/rustlib' ;;
        *) wanted='./usr/bin ./usr/lib' ;;
    esac
    # shellcheck disable=SC2086
    dpkg --fsys-tarfile "$package" | tar -x -C "$folder" --wildcards $wanted 2> tar.log ||
        grep -q 'Not found in archive' tar.log || missing "$(cat tar.log)"
done
cd "$folder"
rm -rf debs
cat > rustc.new << END
#!/bin/sh
LD_LIBRARY_PATH=$folder/usr/lib/$(uname -m)-linux-gnu exec $folder/usr/bin/rustc "\$@"
END
chmod +x rustc.new
./rustc.new --version > /dev/null 2>&1 || missing "Debian's rustc-web does not run here"
mv rustc.new rustc
