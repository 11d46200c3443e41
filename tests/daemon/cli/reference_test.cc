#include <doctest/doctest.h>

#include "daemon/cli/verb.h"
#include "daemon/reference/reference_format.h"
#include "tests/daemon/cli/captured_stdout.h"

namespace driftd {
namespace {

int reference(std::vector<std::string> args) { return run_reference(args); }

}  // namespace

TEST_CASE("reference build writes what show reads") {
  const TempFolder folder;
  const auto rows = folder.write("x.csv", "t,x,c,p,l\n1,1.5,a,1,1\n2,2.5,a,1,0\n2,2.5,a,0,0\n");
  const auto file = folder.path("x.ref");
  CHECK(reference({"build", rows, "-o", file, "--time", "t", "--time-unit", "s", "--categorical", "p", "--categorical", "l", "--exclude",
                   "nothing*"}) == kExitBadInput);
  CHECK(reference({"build", rows, "-o", file, "--time", "t", "--time-unit", "s", "--categorical", "p", "--segment-by", "c", "--prediction",
                   "p", "--label", "l"}) == kExitOk);
  const auto decoded = decode_reference(folder.read("x.ref"));
  REQUIRE(decoded);
  CHECK(decoded->created_us == 2'000'000);
  CHECK(decoded->find("p")->type == FeatureType::kCategorical);
  CHECK(decoded->segments == std::vector<std::string>{"c=a"});
  CHECK(decoded->find("error")->segments[0].cells == std::vector<std::uint64_t>{2, 1, 0});

  int code = -1;
  const auto page = captured_stdout([&] { code = reference({"show", file}); });
  CHECK(code == kExitOk);
  CHECK(page.starts_with("reference " + decoded->id + "\n  3 rows, 5 features\n"));
  const auto json = captured_stdout([&] { code = reference({"show", "--json", file}); });
  CHECK(code == kExitOk);
  CHECK(json.find("\"id\": \"" + decoded->id + "\"") != std::string::npos);
}

TEST_CASE("hostile CSV ends reference build with 65, damage with 78, a missing file with 74, nonsense with 64") {
  const TempFolder folder;
  const auto file = folder.path("x.ref");
  const struct {
    const char* name;
    std::string_view text;
    int want;
  } rows[] = {
      {"ragged", "a,b\n1,2\n1\n", kExitBadInput},
      {"open quote", "a,b\n1,\"2\n", kExitBadInput},
      {"text behind a quote", "a,b\n\"1\"x,2\n", kExitBadInput},
      {"NUL", std::string_view("a,b\n1,\0\n", 8), kExitBadInput},
      {"empty", "", kExitBadInput},
      {"CRLF and a mark",
       "\xEF\xBB\xBF"
       "a,b\r\n1.5,2\r\n",
       kExitOk},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(reference({"build", folder.write("x.csv", row.text), "-o", file}) == row.want);
  }
  const std::string big(10'000'000, 'x');
  CHECK(reference({"build", folder.write("x.csv", "a,b\n1.5," + big + "\n2.5," + big + "\n"), "-o", file}) == kExitOk);
  CHECK(reference({"show", folder.write("bad.ref", folder.read("x.ref").substr(1))}) == kExitConfig);
  CHECK(reference({"show", folder.path("none.ref")}) == kExitIo);
  CHECK(reference({"build", folder.write("x.csv", "a\n1.5\n"), "-o", folder.path("none/x.ref")}) == kExitIo);
  CHECK(reference({"build"}) == kExitUsage);
  CHECK(reference({"diff", "a"}) == kExitUsage);
  CHECK(reference({"diff", folder.path("none.ref"), folder.path("x.ref")}) == kExitIo);
  CHECK(reference({"diff", folder.path("x.ref"), folder.path("bad.ref")}) == kExitConfig);
  CHECK(captured_stdout([&] { reference({"diff", file, folder.path("x.csv"), "--json"}); }).starts_with("{\n \"a\": {\n"));
}

}  // namespace driftd
