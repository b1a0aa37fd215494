#!/bin/sh
# The engine on a Cortex-M4 without an operating system or a heap: decides the seeds' cases in QEMU from policy sets in
# flash, and measures what a program takes that decides. Fails where a decision is not the expected one, where the path
# of `iamlet_decide` is longer than its goal, or where a panic or an allocator is linked.
#   tests/bare-metal/run.sh LIBIAMLET.A FOLDER
# LIBIAMLET.A is the library of this machine, which compiles the policies; FOLDER is for all that is built.
# FOLDER/figures.json has the figures, for the benchmarks' report.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/tests/bare-metal
library=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
# 32 KiB was the goal until the index told colliding texts apart, requests were held against themselves, and places of a
# text were looked at together; then until decisions waited for keys that are not fetched yet.
limit=46080
target=thumbv7em-none-eabi

rm -f "$out/figures.json"
if ! reason=$("$here/tools.sh" "$out/rust" 2>&1); then
    echo "SKIPPED: the engine on bare metal: $reason"
    exit 0
fi

# rustc-web's own cargo is not needed: only its compiler and the sources of `core`.
(cd "$root" && RUSTC=$out/rust/rustc RUSTC_BOOTSTRAP=1 CARGO_PROFILE_RELEASE_OPT_LEVEL=s cargo rustc --quiet \
    --release -p iamlet --no-default-features --features capi --crate-type staticlib -Zbuild-std=core \
    --target "$target" --target-dir "$out/cargo")
engine=$out/cargo/$target/release/libiamlet.a

# The cases, and the sets of their policies, compiled here.
grep '"id":"SEED-' "$root/tests/data/vectors.jsonl" > "$out/cases.jsonl"
python3 "$root/c-examples/vectors.py" decisions "$out/cases.jsonl" > "$out/cases.inc"
cc -std=c11 -Wall -Wextra -Werror -O1 -I"$root/include" -I"$root/c-examples" -I"$out" "$here/images.c" \
    "$root/c-examples/support.c" "$library" -Wl,--gc-sections -o "$out/images"
"$out/images" > "$out/sets.inc"

arm() {
    program=$1
    shift
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -mfloat-abi=soft -std=c11 -Wall -Wextra -Werror -Os -ffreestanding \
        -fno-tree-loop-distribute-patterns -ffunction-sections -nostdlib -I"$root/include" -I"$root/c-examples" \
        -I"$root/tests/abi" -I"$out" "$@" "$here/memory.c" "$engine" -lgcc -Wl,--gc-sections -Wl,-z,noexecstack \
        -o "$out/$program.elf"
}
# Bytes of a program: 1 for what is in flash but for initialized data, 2 for that, 3 for the rest of static memory.
part() {
    arm-none-eabi-size "$out/$1.elf" | awk -v part="$2" 'NR == 2 { print $part }'
}

arm program "$here/start.c" "$here/main.c" -Wl,-T,"$here/board.ld"
arm compiler "$here/start.c" "$here/main.c" -Wl,-T,"$here/board.ld" -DCOMPILES
arm decide "$here/decide_path.c" -Wl,-e,start
arm decide_and_prepare "$here/decide_path.c" -Wl,-e,start -DPREPARES
arm decide_prepare_and_open "$here/decide_path.c" -Wl,-e,start -DPREPARES -DOPENS

failed=0
for name in program decide decide_and_prepare decide_prepare_and_open; do
    if arm-none-eabi-nm "$out/$name.elf" | grep -E 'panick|unwind|eh_personality|alloc|serde'; then
        echo "FAILED: these are linked into $name"
        failed=1
    fi
done

# run PROGRAM STACK: runs it, and says what it takes; a stack of so many bytes has to do.
run() {
    status=0
    timeout 60 qemu-system-arm -machine netduinoplus2 -nographic -monitor none -serial none \
        -semihosting-config enable=on,target=native -kernel "$out/$1.elf" > "$out/$1.log" 2>&1 || status=$?
    if [ $status -ne 0 ]; then
        cat "$out/$1.log"
        echo "FAILED: $1 in QEMU ended with status $status"
        exit 1
    fi
    reserved=$(arm-none-eabi-nm "$out/$1.elf" | awk '/ stack_(low|high)$/ { print $1 }' | sort | tr '\n' ' ')
    reserved=$((0x${reserved#* } - 0x${reserved%% *}))
    static=$(($(part "$1" 2) + $(part "$1" 3) - reserved))
    stack=$(sed -n 's/^peak of the stack: \([0-9]*\) bytes$/\1/p' "$out/$1.log")
    echo "$1: $(grep 'requests decided' "$out/$1.log")"
    [ "$stack" -lt "$2" ] || { echo "FAILED: $1 takes $stack bytes of stack" && failed=1; }
    echo "$1: $(($(part "$1" 1) + $(part "$1" 2))) bytes of flash, $static of static memory, $stack of stack"
}
# As the header says: 8 KiB to compile, 4 KiB for all else.
run compiler 8192
run program 4096
grep '^  ' "$out/program.log"
echo "of that flash, $(grep -o '[0-9]*,' "$out/sets.inc" | wc -l) bytes are policy sets"
for name in decide decide_and_prepare decide_prepare_and_open; do
    echo "text of a program for $target, opt-level s: $name $(part $name 1) bytes"
done
cat > "$out/figures.json" << END
{"rows": {}, "notes": {}, "facts": {"thumb decide": $(part decide 1), "thumb decide_and_prepare": $(part decide_and_prepare 1),
 "thumb decide_prepare_and_open": $(part decide_prepare_and_open 1), "thumb static": $static, "thumb stack": $stack}}
END
if [ "$(part decide 1)" -gt $limit ]; then
    echo "FAILED: to decide takes more than $limit bytes"
    failed=1
fi
exit $failed
