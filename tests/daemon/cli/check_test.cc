#include <doctest/doctest.h>

#include "daemon/cli/verb.h"
#include "tests/daemon/cli/captured_stdout.h"
#include "tests/temp_folder.h"

namespace driftd {

namespace {

struct Outcome {
  int code;
  std::string text;
};

Outcome check_offline(const TempFolder& folder, std::vector<std::string> flags) {
  std::string rows;
  for (int i = 0; i < 200; ++i) rows += "{\"x\": " + std::to_string(i % 17) + ".5}\n";
  folder.write("reference.jsonl", rows);
  folder.write("torn.ref", "not a reference");
  const std::string file = folder.write("driftd.yaml",
                                        "kafka: {brokers: [\"127.0.0.1:1\"]}\n"
                                        "monitors:\n  - {name: m, topic: t, reference: reference.jsonl}\n");
  std::vector<std::string> args{"--offline", "-c", file};
  args.insert(args.end(), flags.begin(), flags.end());
  Outcome outcome;
  outcome.text = captured_stdout([&] { outcome.code = run_check(args); });
  return outcome;
}

}  // namespace

TEST_CASE("check --offline tells what a configuration costs, and refuses what run would refuse") {
  struct Row {
    const char* name;
    std::vector<std::string> flags;
    int code;
    const char* part;
  };
  const Row rows[] = {
      {"good", {}, kExitOk, "\n  2 tests a window, each at level "},
      {"as json", {"--json"}, kExitOk, "\"monitors\":[{\"name\":\"m\","},
      {"a warning, denied", {"--deny-warnings"}, kExitFinding, "1 feature, 1 segment, windows of 5m"},
      {"no such reference", {"--json", "--set", "monitors[0].reference=gone.jsonl"}, kExitConfig, "gone.jsonl"},
      {"a torn reference", {"--json", "--set", "monitors[0].reference=torn.ref"}, kExitConfig, "torn.ref"},
      {"no feature is left",
       {"--json", "--set", "monitors[0].features.include=[nothing]"},
       kExitConfig,
       "no column of its reference is left"},
      {"an option of the library", {"--json", "--set", "kafka.librdkafka.nonsense=1"}, kExitConfig, "has no option nonsense"},
  };
  const TempFolder folder;
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Outcome outcome = check_offline(folder, row.flags);
    CHECK(outcome.code == row.code);
    CAPTURE(outcome.text);
    CHECK(outcome.text.contains(row.part));
  }
}

}  // namespace driftd
