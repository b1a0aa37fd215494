#!/bin/sh
# Measures iamlet and its peers on this machine, in rounds that alternate between them; prints the tables, and writes
# docs/benchmarks.md and docs/benchmarks.svg.
#   ROUNDS=3 PEERS=1 scripts/bench.sh      PEERS=0 leaves the peers out, whose build takes some minutes
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
rounds=${ROUNDS:-3}
peers=${PEERS:-1}
target=${CARGO_TARGET_DIR:-$root/target}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$root"
echo "building iamlet's runner"
cargo build -q --release -p iamlet-bench
if [ "$peers" = 1 ]; then
    echo "building the peers"
    CARGO_TARGET_DIR=$target/peers cargo build -q --release --locked --manifest-path benches/peers/Cargo.toml
fi

for round in $(seq "$rounds"); do
    echo "round $round of $rounds"
    "$target/release/iamlet-bench" measure "$work/iamlet-$round.json" 7
    if [ "$peers" = 1 ]; then
        "$target/peers/release/iamlet-bench-peers" "$work/peers-$round.json"
    fi
done
echo "the code of a Cortex-M4"
make -s bare-metal
cp build/bare-metal/figures.json "$work/bare-metal.json" 2> /dev/null || echo "not measured, for the reason above"
echo "calls from Go"
make -s go-bench
cp build/go/figures.json "$work/go.json" 2> /dev/null || echo "not measured, for the reason above"
echo "gateways"
make -s gateway-cost
cp build/gateways/figures.json "$work/gateways.json" 2> /dev/null || echo "not measured, for the reason above"
echo "counting instructions"
"$target/release/iamlet-bench" count "$work/counts.json"
"$target/release/iamlet-bench" report "$work"/*.json
