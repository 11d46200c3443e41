#include <doctest/doctest.h>

#include "daemon/cli/verb.h"
#include "tests/daemon/cli/captured_stdout.h"

namespace driftd {
namespace {

int compare(std::vector<std::string> args) { return run_compare(args); }

}  // namespace

TEST_CASE("compare --json: column, statistic, value; the same bytes each time") {
  const TempFolder folder;
  std::string rows = "x,c\n", more = rows;
  for (int i = 0; i < 12; ++i) {
    rows += i % 2 == 0 ? "0.5,a\n" : "1.5,b\n";
    more += i % 4 == 0 ? "2.5,a\n" : "0.5,b\n";
  }
  const auto r = folder.write("r.csv", rows), w = folder.write("w.csv", more);
  int code = -1;
  const auto first = captured_stdout([&] { code = compare({r, w, "--json"}); });
  CHECK(code == kExitOk);
  CHECK(first == captured_stdout([&] { compare({r, w, "--json"}); }));
  CHECK(first.starts_with("{\n \"c\": {\n  \"n\": 12,\n  \"m\": 12,\n  \"psi\": "));
  CHECK(first.find("\"ks\": 0.25,") != std::string::npos);
  CHECK(first.find("\"chi2_df\": 1,") != std::string::npos);
  CHECK(first.find("\"fisher_p\": 0.4") != std::string::npos);  // of 6, 6 against 3, 9
  const auto only = captured_stdout([&] { code = compare({r, w, "--json", "--columns", "x*"}); });
  CHECK(only.starts_with("{\n \"x\": {"));
}

TEST_CASE("compare: the page has the largest difference first") {
  const TempFolder folder;
  std::string r = "same,moved\n", w = r;
  for (int i = 0; i < 300; ++i) {
    const std::string same = std::to_string(i * 7 % 10) + ".5,";
    r += same + std::to_string(i % 5) + ".5\n";
    w += same + std::to_string(i % 5 + 2) + ".5\n";
  }
  const auto page = captured_stdout([&] { compare({folder.write("r.csv", r), folder.write("w.csv", w)}); });
  CHECK(page.find("\nmoved ") < page.find("\nsame "));
}

TEST_CASE("hostile CSV ends compare with 65 on either side, a missing file with 74, nonsense with 64") {
  const TempFolder folder;
  const auto good = folder.write("good.csv", "x\n1.5\n2.5\n");
  for (const std::string_view text : {std::string_view("x\n1,2\n"), std::string_view("x\n\"1\n"), std::string_view("x\n\"1\"2\n"),
                                      std::string_view("x\n\0\n", 4), std::string_view("x\ny\rz\n"), std::string_view("")}) {
    CAPTURE(text);
    const auto bad = folder.write("bad.csv", text);
    CHECK(compare({good, bad}) == kExitBadInput);
    CHECK(compare({bad, good}) == kExitBadInput);
  }
  CHECK(compare({good, folder.path("none")}) == kExitIo);
  CHECK(compare({good}) == kExitUsage);
}

}  // namespace driftd
