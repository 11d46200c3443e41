#include "daemon/cli/state.h"

#include <doctest/doctest.h>

#include "daemon/cli/verb.h"
#include "tests/temp_folder.h"

namespace driftd {

namespace {
const VerifiedFile kNewest{"snapshot-3", 3, 120, ""}, kOlder{"snapshot-2", 2, 110, ""};
const VerifiedFile kBadNewest{"snapshot-3", 3, 120, "has 4 bytes only"}, kBadOlder{"snapshot-2", 2, 110, "is not a snapshot"};
}  // namespace

TEST_CASE("the report tells of every generation, and what a start would do about damage") {
  struct Row {
    const char* name;
    std::vector<VerifiedFile> files;
    const char* table;
    const char* message;
    int exit_code;
  };
  const char* const whole = "snapshot-3  generation 3  120 bytes  ok\nsnapshot-2  generation 2  110 bytes  ok\n";
  const std::vector<Row> rows{
      {"empty", {}, "no snapshot in /s\n", "", kExitOk},
      {"whole", {kNewest, kOlder}, whole, "", kExitOk},
      {"older damaged",
       {kNewest, kBadOlder},
       "snapshot-3  generation 3  120 bytes  ok\nsnapshot-2  generation 2  110 bytes  damaged: is not a snapshot\n",
       "an older snapshot is damaged; driftd starts from the newest, which is whole.\n",
       kExitConfig},
      {"newest damaged",
       {kBadNewest, kOlder},
       "snapshot-3  generation 3  120 bytes  damaged: has 4 bytes only\nsnapshot-2  generation 2  110 bytes  ok\n",
       "the newest snapshot is damaged: driftd will start from generation 2 and read again what came after it.\n",
       kExitConfig},
      {"all damaged",
       {kBadNewest},
       "snapshot-3  generation 3  120 bytes  damaged: has 4 bytes only\n",
       "no snapshot in /s can be used: driftd will not start with it. Move the files away to start afresh.\n",
       kExitConfig},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const StateReport report = state_report("/s", row.files);
    CHECK(report.table == row.table);
    CHECK(report.message == row.message);
    CHECK(report.exit_code == row.exit_code);
  }
}

TEST_CASE("the verb's exit codes") {
  const TempFolder temp;
  const auto run = [](std::vector<std::string> args) { return run_state(args); };
  CHECK(run({"verify", temp.path()}) == kExitOk);
  CHECK(run({"verify", temp.path("gone")}) == kExitIo);
  temp.write("snapshot-00000000000000000001", "torn");
  CHECK(run({"verify", temp.path()}) == kExitConfig);
  CHECK(run({"--help"}) == kExitOk);
  CHECK(run({}) == kExitUsage);
  CHECK(run({"verify", "a", "b"}) == kExitUsage);
}

}  // namespace driftd
