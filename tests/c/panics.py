"""Who could panic in a program that links the library: each call of Rust's panic machinery, and where in the source.

    panics.py PROGRAM [LIST]

PROGRAM is an executable with line tables. LIST is a Markdown file; a row of a table in it that begins with a place in
backticks and with what that calls in backticks says that the call is known. `*` stands for any text:

    | `serde-json-core-0.7.0/src/de/mod.rs: parse_str` | `slice_index_fail` | why it cannot be reached |

Ends with 1 where a call is not known; without a list, where there is any.
"""

import fnmatch
import re
import subprocess
import sys

# The functions of `core` that end in a panic, by their names without hashes, and the panic handler.
MACHINERY = re.compile(
    r"^(core::panicking::\w+|core::\w+(::\w+)*::\w*_(fail|failed)(_rt)?|core::option::\w+_failed|core::result::\w+_failed"
    r"|core::cell::panic\w+|core::slice::copy_from_slice::\w+|.*rust_begin_unwind|.*rust_panic\w*|_?rust_eh_personality"
    r"|_Unwind_Resume|iamlet::ffi::panic::.*|std::panicking::.*)(::do_panic::\w+)?$"
)
# What no program may have that links nothing but the engine.
NEVER = re.compile(r"__rust_(no_)?alloc|__rust_dealloc|__rust_realloc|__rdl_|__rg_|^(malloc|calloc|realloc|free)(@|$)")


def output(*command, text=None):
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def plain(name):
    """A demangled name without hashes, generics and traits: `<A as B>::f` is `A::f`."""
    name = re.sub(r"::h[0-9a-f]{16}$", "", name)
    name = re.sub(r"\[[0-9a-f]{16}\]", "", name)
    while True:
        shorter = re.sub(r"<(?:&?(?:mut )?)([^<>]*?) as [^<>]*>", r"\1", name)
        shorter = re.sub(r"^<(?:&?(?:mut )?)([^<>]*)>", r"\1", shorter)
        shorter = re.sub(r"(::)?<[^<>]*>", "", shorter) if shorter == name else shorter
        if shorter == name:
            return name
        name = shorter


def calls(program):
    """Every call or jump to the machinery from outside of it: address, function, target."""
    found, function = [], ""
    for line in output("objdump", "-d", "-C", "--no-show-raw-insn", program).splitlines():
        if match := re.match(r"^[0-9a-f]+ <(.*)>:$", line):
            function = plain(match[1])
        elif match := re.match(r"^\s*([0-9a-f]+):\s+(?:call|j\w+|bl?|b\.\w+)\s+(?:\S+,\s*)*[0-9a-f]+ <(.*)>$", line):
            target = plain(re.sub(r"\+0x[0-9a-f]+$", "", match[2]))
            if MACHINERY.match(target) and not MACHINERY.match(function):
                found.append((match[1], function, target))
    return found


def source(program, address):
    """The functions that an address lies in, from the innermost of those inlined there to the outermost."""
    lines = output("addr2line", "-a", "-f", "-i", "-C", "-e", program, "0x" + address).splitlines()[1:]
    return [(plain(name), place) for name, place in zip(lines[::2], lines[1::2])]


def shown(place):
    """A place in the source without the machine's own folders: of a crate, of the standard library, or of this one."""
    return re.sub(r"^.*?/(?=[\w.-]+-\d+\.\d+\.\d+/src/|library/|src/(?:evaluate|ffi|ground|image|parse|lib)\b)", "", place)


def culprit(function, frames):
    """Who calls: the innermost function that is not the standard library's, by file and name."""
    for name, place in frames:
        standard = re.search(r"/rustc/|/library/(core|alloc|std)/", place) or name.startswith(("core::", "alloc::"))
        if standard or place.startswith("??") or name.startswith("{"):
            continue
        return f"{shown(place).rsplit(':', 1)[0]}: {name.rsplit('::', 1)[-1]}"
    return function


def main(program, list_file=None):
    known = []
    if list_file:
        with open(list_file, encoding="utf-8") as file:
            known = re.findall(r"^\| `([^`]+)` +\| `([^`]+)` ", file.read(), re.MULTILINE)
    bad = False
    for line in output("nm", "-C", program).splitlines():
        name = line.split(maxsplit=2 if line[0] != " " else 1)[-1]
        if NEVER.search(name) or (not known and MACHINERY.match(plain(name))):
            print(f"    {program} has {name}")
            bad = True
    seen = {}
    for address, function, target in calls(program):
        frames = source(program, address)
        seen.setdefault((culprit(function, frames), target.rsplit("::", 1)[-1]), []).append((function, frames))
    for (caller, target), places in sorted(seen.items()):
        if any(fnmatch.fnmatchcase(caller, row[0]) and fnmatch.fnmatchcase(target, row[1]) for row in known):
            continue
        bad = True
        print(f"    `{caller}` calls `{target}`")
        for function, frames in places:
            print(f"        in {function}")
            print("".join(f"            {shown(place)} {name}\n" for name, place in frames), end="")
    if bad:
        sys.exit(1)
    print(f"    {len(seen)} callers of panics{', each of them known' if seen else ''}; no allocator")


main(*sys.argv[1:])
