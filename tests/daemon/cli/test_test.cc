// `driftd test` as a verb: the shipped example against the shipped minimal configuration, and what it refuses.
#include <doctest/doctest.h>

#include <filesystem>
#include <random>

#include "daemon/cli/verb.h"
#include "daemon/decode/json_tree.h"
#include "tests/daemon/cli/captured.h"
#include "tests/temp_folder.h"

using namespace driftd;

namespace {

// The examples beside a reference such as they want.
class Bench {
 public:
  Bench() {
    std::mt19937_64 random(7);
    std::normal_distribution<double> normal(100, 20);
    const char* countries[] = {"DE", "FR", "IT", "US"};
    std::string rows;
    for (int i = 0; i < 4000; ++i) {
      rows += "{\"amount\":" + std::to_string(normal(random)) + ",\"country\":\"" + countries[random() % 4] + "\"}\n";
    }
    folder.write("fraud.jsonl", rows);
    for (const char* name : {"minimal.yaml", "test.yaml"})
      std::filesystem::copy(DRIFTD_SOURCE_DIR "/config/examples/" + std::string(name), folder.path(name));
  }
  std::string write(const std::string& tests) const { return folder.write("own.yaml", "config: minimal.yaml\ntests:\n" + tests); }

  TempFolder folder;
};

constexpr const char* kLoud =
    "  - name: loud\n    monitor: fraud\n    every: 1s\n"
    "    rows: [{draw: 300}, {draw: 300, shift: {amount: 40}}]\n    expect: {silence: true}\n";

}  // namespace

TEST_CASE("the example passes; --run chooses, --json is one document") {
  const Bench bench;
  const Captured all = capture(run_test, {bench.folder.path("test.yaml")});
  CAPTURE(all.out);
  CAPTURE(all.err);
  CHECK(all.exit_code == kExitOk);
  CHECK(all.out.ends_with("4 passed, 0 failed\n"));
  const Captured one = capture(run_test, {bench.folder.path("test.yaml"), "--run", "few*", "--json"});
  const auto json = parse_json(one.out);
  REQUIRE(json.has_value());
  CHECK(json->find("passed")->number() == 1);
  CHECK(*json->find("tests")->array()->at(0).find("name")->text() == "few rows are no verdict, and a torn record is counted");
}

TEST_CASE("a failed test shows its place and what differs, and exits 3") {
  const Bench bench;
  const std::string file = bench.write(kLoud);
  const Captured failed = capture(run_test, {file, bench.folder.path("test.yaml")});
  CAPTURE(failed.out);
  CHECK(failed.exit_code == kExitFinding);
  CHECK(failed.out.starts_with(
      "FAIL " + file + ":3:5: loud\n       alerts: got firing critical drift of amount, segment all, window to 1970-01-01T00:10:00Z: "));
  CHECK(failed.out.ends_with("4 passed, 1 failed\n"));
}

TEST_CASE("what cannot run is refused with its exit code") {
  const Bench bench;
  const std::string rest = "\n    rows: [{draw: 1}]\n    expect: {late: 0}\n";
  struct Row {
    const char* name;
    std::string file;
    std::vector<std::string> flags;
    int code;
    std::string part;
  };
  const Row rows[] = {
      {"no file", bench.folder.path("gone.yaml"), {}, kExitIo, "gone.yaml: cannot read it"},
      {"a typo",
       bench.folder.write("typo.yaml", "confg: minimal.yaml\ntests: []\n"),
       {},
       kExitConfig,
       "typo.yaml:1:1: unknown key 'confg'"},
      {"no configuration",
       bench.folder.write("other.yaml", "config: gone.yaml\ntests: []\n"),
       {},
       kExitConfig,
       "gone.yaml: cannot read it"},
      {"no such monitor",
       bench.folder.write("monitor.yaml", "config: minimal.yaml\ntests:\n  - name: n\n    monitor: froud" + rest),
       {},
       kExitConfig,
       "monitor.yaml:3:5: no monitor 'froud' in the configuration; did you mean 'fraud'?"},
      {"rows that cannot be changed",
       bench.folder.write("rows.yaml",
                          "config: minimal.yaml\ntests:\n  - name: n\n    monitor: fraud\n"
                          "    rows: [{draw: 1, shift: {amuont: 1}}]\n    expect: {late: 0}\n"),
       {},
       kExitBadInput,
       "rows.yaml:5:12: shift.amuont: no row has a number there"},
      {"no such test", bench.write(kLoud), {"--run", "quiet*"}, kExitUsage, "no test is called 'quiet*'"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    std::vector<std::string> args{row.file};
    args.insert(args.end(), row.flags.begin(), row.flags.end());
    const Captured captured = capture(run_test, args);
    CAPTURE(captured.err);
    CHECK(captured.exit_code == row.code);
    CHECK(captured.err.contains(row.part));
  }
}
