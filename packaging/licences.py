#!/usr/bin/env python3
"""Copies the licences of what the library and the tool contain: a folder for each crate, and one for Rust's own library.

    licences.py FOLDER
"""

import json
import pathlib
import shutil
import subprocess
import sys

NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE")


def contained(metadata):
    """The packages of others that the tool links, and so the library. What only builds or tests it, or is a macro, is not in it."""
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    waiting = [next(id for id, package in packages.items() if package["name"] == "iamlet-cli")]
    seen = set(waiting)
    while waiting:
        for dependency in nodes[waiting.pop()]["deps"]:
            package = packages[dependency["pkg"]]
            linked = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            macro = any("proc-macro" in target["kind"] for target in package["targets"])
            if linked and not macro and package["id"] not in seen:
                seen.add(package["id"])
                waiting.append(package["id"])
                # What has no source is of this tree.
                if package["source"]:
                    yield package


def main(folder):
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    host = next(line.split()[1] for line in subprocess.check_output(["rustc", "-vV"], text=True).splitlines()
                if line.startswith("host:"))
    metadata = json.loads(subprocess.check_output(command + ["--filter-platform", host]))
    for package in contained(metadata):
        source = pathlib.Path(package["manifest_path"]).parent
        texts = [file for file in sorted(source.iterdir())
                 if file.is_file() and file.name.upper().startswith(NAMES)]
        target = pathlib.Path(folder) / f"{package['name']}-{package['version']}"
        target.mkdir(parents=True)
        (target / "LICENCE-EXPRESSION").write_text(f"{package['license']}\n")
        for text in texts:
            shutil.copyfile(text, target / text.name)
        if not texts:
            print(f"{package['name']} {package['version']} comes without a licence text: {package['license']}")
    sysroot = pathlib.Path(subprocess.check_output(["rustc", "--print", "sysroot"], text=True).strip())
    rust = sysroot / "share/doc/rust/COPYRIGHT-library.html"
    if rust.exists():
        (pathlib.Path(folder) / "rust").mkdir()
        shutil.copyfile(rust, pathlib.Path(folder) / "rust" / rust.name)
    else:
        print("the toolchain comes without the licences of Rust's own library")


main(*sys.argv[1:])
