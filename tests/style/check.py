#!/usr/bin/env python3
"""Checks the tree against the rules of tests/style/rules.py; prints PASS or FAIL a rule, with file:line of each offender.

check.py [ROOT]     exit 1 when a rule fails; the last line counts: N passed, N failed, N skipped
"""
import os
import sys

import rules
import tables
from source_tree import Tree


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    tree = Tree(os.path.normpath(root))
    failed = 0
    for name in rules.RULES:
        lines = rules.offenders(tree, name, tables.ALLOWED.get(name, {}))
        failed += bool(lines)
        print("FAIL" if lines else "PASS", f"style: {name}")
        for line in lines:
            print("    " + line)
    print(f"{len(rules.RULES) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
