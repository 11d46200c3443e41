#include <doctest/doctest.h>

#include "config/print.h"
#include "daemon/cli/verb.h"
#include "tests/daemon/cli/captured.h"
#include "tests/daemon/cli/config_folder.h"

using namespace driftd;

TEST_CASE("config print shows what is in effect, with --origin where from") {
  const ConfigFolder folder;
  const Captured plain = capture(run_config, {"print", "-c", folder.file, "--set", "log.level=debug"});
  CHECK(plain.exit_code == kExitOk);
  CHECK(plain.err.empty());
  CHECK(plain.out.starts_with("log:\n  level: debug\n  format: logfmt\n"));
  const Captured origin = capture(run_config, {"print", "--origin", "--set", "log.level=debug", "-c", folder.file});
  CHECK(origin.out.starts_with("log:\n  level: debug  # --set log.level\n  format: logfmt  # default\n"));
  CHECK(origin.out.find("  brokers: [\"localhost:9092\"]  # " + folder.file + ":1:18\n") != std::string::npos);
}

TEST_CASE("config reference is the page of every key") {
  CHECK(capture(run_config, {"reference"}).out == print_reference());
  CHECK(capture(run_config, {}).exit_code == kExitUsage);
  CHECK(capture(run_config, {"init"}).exit_code == kExitUsage);
}
