#include "daemon/cli/state.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "daemon/cli/verb.h"
#include "tests/daemon/cli/captured_stdout.h"
#include "tests/daemon/engine_fixture.h"
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

namespace {

int run(std::vector<std::string> args) { return run_state(args); }

std::string newest_name(std::uint64_t generation) {
  const std::string digits = std::to_string(generation);
  return "snapshot-" + std::string(20 - digits.size(), '0') + digits;
}

void save(const std::string& dir, const Snapshot& snapshot) {
  auto store = FileStore::open(dir, 3);
  REQUIRE(store);
  REQUIRE(store->save(snapshot));
}

}  // namespace

TEST_CASE("what is exported is imported elsewhere, byte for byte") {
  const TempFolder temp;
  const std::string from = temp.path("from"), to = temp.path("to"), file = temp.path("a.state");
  save(from, engine_fixture::make_snapshot(6));
  save(from, engine_fixture::make_snapshot(7));
  CHECK(run({"export", file, from}) == kExitOk);
  CHECK(temp.read("a.state") == temp.read("from/" + newest_name(7)));
  CHECK(run({"export", file, from}) == kExitIo);  // it is there
  CHECK(captured_stdout([&] { run({"export", "-", from}); }) == temp.read("a.state"));
  CHECK(run({"import", file, to}) == kExitOk);
  CHECK(temp.read("to/" + newest_name(7)) == temp.read("a.state"));
  CHECK(run({"inspect", to}) == kExitOk);
  CHECK(captured_stdout([&] { run({"inspect", "--json", to}); }).starts_with("{\n \"dir\": "));
}

TEST_CASE("an import replaces state only when forced, and then all of it") {
  const TempFolder temp;
  const std::string to = temp.path("to"), file = temp.path("a.state");
  save(temp.path("from"), engine_fixture::make_snapshot(2));
  REQUIRE(run({"export", file, temp.path("from")}) == kExitOk);
  save(to, engine_fixture::make_snapshot(8));
  save(to, engine_fixture::make_snapshot(9));
  CHECK(run({"import", file, to}) == kExitConfig);
  CHECK_FALSE(std::filesystem::exists(temp.path("to/" + newest_name(10))));
  CHECK(run({"import", "--force", file, to}) == kExitOk);
  const auto left = verify_directory(to);
  REQUIRE(left);
  REQUIRE(left->size() == 1);
  CHECK(left->front().generation == 10);
  temp.write("to/" + newest_name(12), "torn");  // damage above it is no state either
  CHECK(run({"import", "--force", file, to}) == kExitOk);
  CHECK(newest_snapshot(to)->value().snapshot.generation == 13);
}

TEST_CASE("what an import refuses leaves the directory as it was") {
  const TempFolder temp;
  Snapshot newer = engine_fixture::make_snapshot(3);
  newer.sections.push_back({"weather", 1, true, ""});
  Snapshot broken = engine_fixture::make_snapshot(3);
  broken.sections[0].bytes.resize(9);
  const std::string whole = encode_snapshot(engine_fixture::make_snapshot(3)), to = temp.path("to");
  const std::pair<const char*, std::string> bad[] = {{"empty", ""},
                                                     {"cut", whole.substr(0, whole.size() - 1)},
                                                     {"a section of the future", encode_snapshot(newer)},
                                                     {"a section that cannot be read", encode_snapshot(broken)}};
  for (const auto& [name, bytes] : bad) {
    CAPTURE(name);
    CHECK(run({"import", temp.write("bad.state", bytes), to}) == kExitConfig);
    CHECK_FALSE(std::filesystem::exists(to));
  }
  CHECK(run({"import", temp.path("gone"), to}) == kExitIo);
  const auto running = FileStore::open(to, 3);
  REQUIRE(running);
  CHECK(run({"import", temp.write("good.state", whole), to}) == kExitTryAgain);
  CHECK(newest_snapshot(to)->has_value() == false);
}

TEST_CASE("the verb's exit codes") {
  const TempFolder temp;
  CHECK(run({"verify", temp.path()}) == kExitOk);
  CHECK(run({"verify", temp.path("gone")}) == kExitIo);
  temp.write("snapshot-00000000000000000001", "torn");
  CHECK(run({"verify", temp.path()}) == kExitConfig);
  CHECK(run({"inspect", temp.path()}) == kExitConfig);
  CHECK(run({"export", temp.path("x"), temp.path()}) == kExitConfig);
  CHECK(run({"inspect", temp.path("gone")}) == kExitIo);
  CHECK(run({"export", temp.path("x"), temp.path("gone")}) == kExitIo);
  CHECK(run({"--help"}) == kExitOk);
  CHECK(run({}) == kExitUsage);
  CHECK(run({"verify", "a", "b"}) == kExitUsage);
}

}  // namespace driftd
