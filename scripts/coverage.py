"""Reads an lcov file: the share of lines below src/ that ran, and those that did not.

    coverage.py FILE ROOT LEAST     fails below LEAST per cent
"""
import collections
import os
import sys

lcov, root, least = sys.argv[1], os.path.realpath(sys.argv[2]), float(sys.argv[3])
lines = collections.defaultdict(dict)
name = None
for line in open(lcov):
    kind, _, rest = line.strip().partition(":")
    if kind == "SF":
        path = os.path.relpath(os.path.realpath(rest), root)
        name = path if path.startswith("src/") else None
    elif kind == "DA" and name:
        number, count = rest.split(",")[:2]
        # A line stands in each program that has the function: once is enough.
        before = lines[name].get(int(number), 0)
        lines[name][int(number)] = max(before, int(count))

for name, counts in lines.items():
    # The tests at a file's foot are none of the library.
    text = open(os.path.join(root, name)).read().split("\n")
    foot = next((at for at, line in enumerate(text, 1) if line.startswith("#[cfg(test)]") and "mod" in "".join(text[at:at + 12])), len(text) + 1)
    lines[name] = {number: count for number, count in counts.items() if number < foot}

total = sum(len(counts) for counts in lines.values())
ran = sum(1 for counts in lines.values() for count in counts.values() if count)
for name in sorted(lines):
    missed = [number for number, count in sorted(lines[name].items()) if not count]
    if missed:
        text = open(os.path.join(root, name)).read().split("\n")
        print(f"{name}: {len(lines[name]) - len(missed)} of {len(lines[name])} lines")
        for number in missed:
            print(f"    {number}: {text[number - 1].strip()}")
share = 100 * ran / total if total else 0
print(f"{ran} of {total} lines of src/ run: {share:.2f} %, and at least {least:g} % have to")
sys.exit(share < least)
