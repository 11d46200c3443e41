#include <doctest/doctest.h>

#include "config/print.h"
#include "daemon/cli/verb.h"
#include "tests/daemon/cli/captured.h"
#include "tests/temp_folder.h"

using namespace driftd;

namespace {

const std::string kGoodConfig = "kafka: {brokers: [\"localhost:9092\"]}\nmonitors: [{name: fraud, topic: t, reference: r.csv}]\n";

}  // namespace

TEST_CASE("config print shows what is in effect, with --origin where from") {
  const TempFolder folder;
  const std::string file = folder.write("driftd.yaml", kGoodConfig);
  const Captured plain = capture(run_config, {"print", "-c", file, "--set", "log.level=debug"});
  CHECK(plain.exit_code == kExitOk);
  CHECK(plain.err.empty());
  CHECK(plain.out.starts_with("log:\n  level: debug\n  format: logfmt\n"));
  const Captured origin = capture(run_config, {"print", "--origin", "--set", "log.level=debug", "-c", file});
  CHECK(origin.out.starts_with("log:\n  level: debug  # --set log.level\n  format: logfmt  # default\n"));
  CHECK(origin.out.find("  brokers: [\"localhost:9092\"]  # " + file + ":1:18\n") != std::string::npos);
}

TEST_CASE("config reference is the page of every key") {
  CHECK(capture(run_config, {"reference"}).out == print_reference());
  CHECK(capture(run_config, {}).exit_code == kExitUsage);
  CHECK(capture(run_config, {"init"}).exit_code == kExitUsage);
}
