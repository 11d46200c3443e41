#include <doctest/doctest.h>

#include <vector>

#include "daemon/cli/verb.h"
#include "tests/daemon/cli/captured_stdout.h"
#include "tests/temp_folder.h"

namespace driftd {

TEST_CASE("config print shows what is in effect, with its origin when asked; config reference is a sample with every key") {
  const TempFolder folder;
  const std::string file =
      folder.write("driftd.yaml", "kafka: {brokers: [b:1]}\nmonitors: [{name: m, topic: t, reference: r}]\nlog: {level: debug}\n");
  int code = -1;
  const auto run = [&](std::vector<std::string> args) { return captured_stdout([&] { code = run_config(args); }); };
  CHECK(run({"print", "-c", file}).find("  level: debug\n") != std::string::npos);
  CHECK(code == kExitOk);
  CHECK(run({"print", "-c", file, "--origin"}).find("  level: debug  # " + file + ":3:") != std::string::npos);
  CHECK(run({"reference"}).find("idle_after: 1m") != std::string::npos);
  run({});
  CHECK(code == kExitUsage);
}

}  // namespace driftd
