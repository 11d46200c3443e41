#!/usr/bin/env python3
"""Runs the ctest tests of a label and counts what is inside them: doctest cases, or the counts a script prints itself.

count_ctest.py BUILD_DIR LABEL     the last line: N passed, N failed, N skipped
A doctest case that cannot run here prints `SKIPPED name: reason` (tests/skip.h) and is counted as skipped.
"""
import re
import subprocess
import sys
from dataclasses import dataclass, field

DOCTEST = re.compile(r"\[doctest\] test cases: +\d+ \| +(\d+) passed \| +(\d+) failed \| +(\d+) skipped")
SCRIPT = re.compile(r"(\d+) passed, (\d+) failed, (\d+) skipped")
RESULT = re.compile(r" *\d+/\d+ +Test +#(\d+): (\S+) \.+(.*)")


@dataclass
class Program:
    output: list = field(default_factory=list)
    skips: list = field(default_factory=list)
    counts: tuple = (0, 0, 0)  # passed, failed, skipped
    doctest: bool = False

    def read(self, line):
        self.output.append(line)
        doctest, script = DOCTEST.search(line), SCRIPT.fullmatch(line)
        if line.startswith("SKIPPED "):
            self.skips.append(line)
        elif doctest or script:
            self.counts, self.doctest = tuple(int(n) for n in (doctest or script).groups()), bool(doctest)

    def finish(self, ok):
        """Counts of a program that ctest judged: one that failed without saying where is a failure of its own."""
        passed, failed, skipped = self.counts
        if self.doctest:
            passed, skipped = passed - len(self.skips), skipped + len(self.skips)
        if not ok and failed == 0:
            failed += 1
        elif ok and not self.doctest and passed + failed + skipped == 0:
            passed = 1
        return passed, failed, skipped


def count(lines):
    """Reads what `ctest -V` prints; yields (name, ok, program, counts) for each test as it ends."""
    programs = {}
    for line in lines:
        line = line.rstrip("\n")
        said, result = re.match(r"(\d+): ?(.*)", line), RESULT.match(line)
        if said:
            programs.setdefault(said[1], Program()).read(said[2])
        elif result:
            program = programs.setdefault(result[1], Program())
            ok = "Passed" in result[3]
            yield result[2], ok, program, program.finish(ok)


def main():
    build, label = sys.argv[1:3]
    command = ["ctest", "--test-dir", build, "-L", f"^{label}$", "-V", "--timeout", "600"]
    total = (0, 0, 0)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace") as ctest:
        for name, ok, program, counts in count(ctest.stdout):
            print("PASS" if ok else "FAIL", name, "({} passed, {} failed, {} skipped)".format(*counts), flush=True)
            for line in program.skips if ok else program.output:
                print("    " + line)
            total = tuple(a + b for a, b in zip(total, counts))
    print("{} passed, {} failed, {} skipped".format(*total))
    return 1 if total[1] or ctest.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
