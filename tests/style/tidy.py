#!/usr/bin/env python3
"""clang-tidy over the sources of detectors/, config/ and daemon/, two at a time. A source that passed is remembered by the
hash of everything it includes from the project, so that only what changed is looked at again.

The one that deploy/deps.sh got: before 22 it looks through the headers of others too, six times the work.

tidy.py BUILD_DIR     exit 1 when a source has findings; the last line counts: N passed, N failed, N skipped
"""
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys

from rules import CACHE, SOURCE, closure_hash
from source_tree import Tree

CLANG_TIDY = os.path.join(CACHE, "clang-tidy-22.1.8", "clang_tidy", "data", "bin", "clang-tidy")


class Passed:
    def __init__(self, path):
        self.path = path
        try:
            with open(path, encoding="utf-8") as file:
                self.known = set(file.read().split())
        except OSError:
            self.known = set()

    def add(self, digest):
        self.known.add(digest)
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(digest + "\n")


def main():
    root = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    build = os.path.abspath(sys.argv[1])
    tree = Tree(root)
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = {os.path.relpath(entry["file"], root): entry["command"] for entry in json.load(file)}
    settings = tree.content(".clang-tidy")

    def digest(name):
        return hashlib.sha256(settings + commands[name].encode() + closure_hash(tree, name).encode()).hexdigest()

    def findings(name):
        command = [CLANG_TIDY, "-p", build, "--quiet", name]
        done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return done.returncode, re.sub(rf"^{re.escape(root)}/", "", done.stdout, flags=re.M)

    passed = Passed(os.path.join(build, "tidy-passed"))
    sources = [name for name in tree.cpp(*SOURCE, ends=(".cc",)) if name in commands]
    waiting = [name for name in sources if digest(name) not in passed.known]
    print(f"tidy: {len(sources)} sources, {len(waiting)} to look at", flush=True)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, (status, text) in zip(waiting, pool.map(findings, waiting)):
            if status == 0 and not text:
                passed.add(digest(name))
            else:
                failed += 1
                print(f"FAIL tidy: {name}\n{text}", flush=True)
    print(f"{len(sources) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
