#!/usr/bin/env python3
"""Checks the checks: a small tree that keeps every rule, one planted offence a case, and the very lines that must be reported.

self_test.py     exit 1 when a rule misses its offence; the last line: N passed, N failed, N skipped
"""
import os
import sys
import tempfile

import rules
from source_tree import Source, Tree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import count_ctest  # noqa: E402

HEADER = "// What it is.\n#pragma once\n\nnamespace driftd {{\n{}\n}}  // namespace driftd\n"
GOOD = {
    "detectors/mean.h": HEADER.format("double mean(double a, double b);"),
    "detectors/mean.cc": '#include "detectors/mean.h"\n\nnamespace driftd {\n\ndouble mean(double a, double b) { return (a + b) / 2; }\n\n}  // namespace driftd\n',
    "tests/detectors/mean_test.cc": '#include "detectors/mean.h"\n\n#include <doctest/doctest.h>\n',
    ".clang-format": "BasedOnStyle: Google\nColumnLimit: 140\n",
    "deploy/ok.sh": '#!/usr/bin/env bash\nset -eu\necho "$1"\n',
}
LONG = "void run() {\n" + "  step();\n" * 69 + "}\n"
NINE = "void run{}() {{\n" + "  step();\n" * 9 + "}}\n"


def made(*parts):
    """Offending text in pieces, so that this file does not offend."""
    return "".join(parts)


# (rule, {file: text} laid over GOOD, the starts of the lines that must be reported)
CASES = [
    ("formatted", {"detectors/mean.cc": "int  two();\n"}, ["detectors/mean.cc:1:"]),
    ("shell scripts pass shellcheck", {"deploy/ok.sh": "#!/bin/bash\nunused=1\n"}, ["deploy/ok.sh:2:"]),
    ("include edges", {"detectors/mean.h": '// M.\n#pragma once\n#include "config/config.h"\n'}, ["detectors/mean.h:3:"]),
    ("include edges", {"daemon/window/a.cc": '#include "daemon/decode/record_batch.h"\n#include "daemon/decode/decoder.h"\n'}, ["daemon/window/a.cc:2:"]),
    ("include edges", {"daemon/engine.cc": '#include "daemon/window/pane.h"\n#include "daemon/http/server.h"\n'}, ["daemon/engine.cc:2:"]),
    ("include edges", {"daemon/cli/run.cc": '#include "daemon/http/server.h"\n'}, []),
    ("include edges", {"daemon/elsewhere/a.cc": ""}, ["daemon/elsewhere/a.cc:1:"]),
    ("includes are written from the root", {"detectors/mean.cc": '#include "mean.h"\n'}, ["detectors/mean.cc:1:"]),
    ("libraries stay at home", {"detectors/mean.cc": "#include <fmt/format.h>\n#include <vector>\n"}, ["detectors/mean.cc:1:"]),
    ("libraries stay at home", {"daemon/sink/log.cc": "#include <librdkafka/rdkafka.h>\n"}, ["daemon/sink/log.cc:1:"]),
    ("libraries stay at home", {"daemon/sink/kafka_sink.cc": "#include <librdkafka/rdkafka.h>\n"}, []),
    ("libraries stay at home", {"tests/daemon/sink/kafka_sink_test.cc": "#include <librdkafka/rdkafka.h>\n"}, []),
    ("libraries stay at home", {"daemon/state/a.cc": "#include <sys/file.h>\n#include <sqlite3.h>\n"}, ["daemon/state/a.cc:2:"]),
    ("libraries stay at home", {"detectors/mean.cc": "#include <unistd.h>\n"}, ["detectors/mean.cc:1:"]),
    ("library names stay at home", {"daemon/sink/sink.h": "// rd_kafka_t in a comment\nstruct rd_kafka_s;\n"}, ["daemon/sink/sink.h:2:"]),
    ("every source has a test", {"config/load.cc": ""}, ["config/load.cc:1:"]),
    ("every test has a source", {"tests/config/load_test.cc": ""}, ["tests/config/load_test.cc:1:"]),
    ("every test has a source", {"tests/config/load_test.cc": "", "tests/config/load.h": ""}, []),
    ("function size", {"detectors/mean.cc": "\n" + LONG + "int one() { return 1; }\n" * 2}, ["detectors/mean.cc:2: run has 71 lines"]),
    ("function size", {"detectors/mean.cc": "".join(NINE.format(i) for i in range(3))}, [".:0: the median"]),
    ("function parameters", {"detectors/mean.cc": "int f(int a, std::pair<int, int> b, int c, int d, int e) {}\nint g(int a, int b, int c, int d, int e, int f) {}\n"},
     ["detectors/mean.cc:2: g takes 6"]),
    ("no machine paths", {"deploy/ok.sh": made("cd /wo", "rk/x\n# /workers, a/wo", "rk\ncat /ro", "ot/x\n")}, ["deploy/ok.sh:1:", "deploy/ok.sh:3:"]),
    ("no loose ends", {"detectors/mean.cc": made("int a;  // TO", "DO later\n")}, ["detectors/mean.cc:1:"]),
    ("no registry hosts", {"deploy/ok.sh": made("#\ncurl https://py", "pi.org/simple\n")}, ["deploy/ok.sh:2:"]),
    ("tests neither sleep nor read the clock",
     {"tests/detectors/mean_test.cc": '// sleep_for\nstd::this_thread::sleep_for(1s);\nCHECK("sleep_for");\nauto t = std::chrono::system_clock::now();\n'},
     ["tests/detectors/mean_test.cc:2:", "tests/detectors/mean_test.cc:4:"]),
    ("pure rooms", {"daemon/window/a.cc": "auto t = std::chrono::steady_clock::now();\n"}, ["daemon/window/a.cc:1:"]),
    ("pure rooms", {"daemon/engine.cc": "std::ifstream f;\n", "daemon/source/a.cc": "std::ifstream f;\n"}, ["daemon/engine.cc:1:"]),
    ("headers say what they are", {"detectors/mean.h": "#pragma once\n"}, ["detectors/mean.h:1:"]),
    ("headers say what they are", {"detectors/mean.h": "// What it is.\n"}, ["detectors/mean.h:1: has no #pragma once"]),
    ("headers compile alone", {"detectors/mean.h": HEADER.format("std::string name();")}, ["detectors/mean.h:1:"]),
    ("names", {"detectors/string_utils.h": ""}, ["detectors/string_utils.h:1:"]),
    ("names", {"detectors/mean.h": "class StreamManager;\nstruct Database;\nstruct PaneData {};\n"}, ["detectors/mean.h:1:", "detectors/mean.h:3:"]),
    ("names", {"detectors/mean.cc": "auto size = x.data() + y->data();\nint data = 3;\n"}, ["detectors/mean.cc:2:"]),
    ("threads in app.cc", {"daemon/http/server.cc": "std::jthread t;\nstd::thread::id i;\n", "daemon/app.cc": "std::jthread t;\n"}, ["daemon/http/server.cc:1:"]),
    ("mutexes in runtime", {"daemon/http/a.cc": "std::mutex m;\n", "daemon/runtime/a.h": "std::mutex m;\n"}, ["daemon/http/a.cc:1:"]),
    ("unordered containers are listed", {"config/a.cc": "std::unordered_map<int, int> m;\n"}, ["config/a.cc:1:"]),
    ("files are small and text", {"a.bin": "a\0b", "b.txt": "x" * (1 << 20)}, ["a.bin:1: is not text", "b.txt:1: 1048576 bytes"]),
]

FUNCTIONS = r'''
#define BRACE {
template <class T>
  requires std::integral<T>
T twice(T x) {
  return 2 * x;
}
constexpr int kTable[] = {
    1,
    2,
};
struct S : Other<int> {
  S() : a_{1}, b_(2) {}
  explicit S(int a)
      : a_(a) {
    if (a > 1) {
      run([] { return "}"; });
    }
  }
  bool operator==(const S& other) const { return a_ == other.a_; }

 private:
  int a_ = 1'000, b_{2};
};
enum class Kind : char { kOne };
template <class T>
concept Runs = requires(T t) {
  { t.run() };
};
namespace {
const auto make = [](char c) {
  return c == '{' || c == '"';
};
}
TEST_CASE("a name with (, and {") {
  CHECK(R"x(})x");
}
'''
WANT = [("twice", 3, 5, 1), ("S", 13, 1, 0), ("S", 14, 6, 1), ("operator==", 20, 1, 1), ("lambda", 31, 3, 1), ("TEST_CASE", 35, 3, 1)]

CTEST = """test 1
1: SKIPPED tiny disk: needs root
1: [doctest] test cases:  7 |  7 passed | 0 failed | 0 skipped
1/5 Test #1: unit_a ....   Passed    0.01 sec
2: [doctest] test cases:  3 |  1 passed | 2 failed | 4 skipped
2/5 Test #2: unit_b ...***Failed    0.02 sec
3/5 Test #3: crash ....***Exception: SegFault  0.01 sec
4: 5 passed, 0 failed, 1 skipped
4/5 Test #4: script ...   Passed    0.01 sec
5/6 Test #5: silent ...   Passed    0.01 sec
6: [doctest] test cases:  0 |  0 passed | 0 failed | 0 skipped
6/6 Test #6: empty ...   Passed    0.01 sec
"""
COUNTS = [("unit_a", True, (6, 0, 1)),
          ("unit_b", False, (1, 2, 4)), ("crash", False, (0, 1, 0)), ("script", True, (5, 0, 1)), ("silent", True, (1, 0, 0)), ("empty", True, (0, 0, 0))]


def offenders(rule, files):
    with tempfile.TemporaryDirectory() as root:
        for name, text in {**GOOD, **files}.items():
            os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
            with open(os.path.join(root, name), "w", encoding="utf-8") as file:
                file.write(text)
        return rules.offenders(Tree(root), rule, {})


def problems():
    """(name, what is wrong or None) of every check."""
    for rule in rules.RULES:
        lines = offenders(rule, {})
        yield f"{rule}: a good tree", lines or None
        yield f"{rule}: has a case", None if any(rule == r and want for r, _, want in CASES) else "no planted offence"
    for rule, files, want in CASES:
        lines = offenders(rule, files)
        found = len(lines) == len(want) and all(line.startswith(w) for line, w in zip(sorted(lines), sorted(want)))
        yield f"{rule}: {', '.join(files)}", None if found else f"want {want}, got {lines}"
    got = [(f.name, f.line, f.lines, f.parameters) for f in Source(FUNCTIONS).functions()]
    yield "functions are measured", None if sorted(got) == sorted(WANT) else f"want {WANT}, got {got}"
    with tempfile.TemporaryDirectory() as root:
        unused = rules.offenders(Tree(root), "names", {"gone.h": "a reason"})
    yield "an exception that nothing needs is reported", None if len(unused) == 1 else unused
    counts = [(name, ok, counts) for name, ok, _, counts in count_ctest.count(CTEST.splitlines())]
    yield "ctest's output is counted", None if counts == COUNTS else f"want {COUNTS}, got {counts}"


def main():
    passed = failed = 0
    for name, problem in problems():
        passed, failed = passed + (not problem), failed + bool(problem)
        if problem:
            print(f"FAIL {name}\n    {problem}")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
