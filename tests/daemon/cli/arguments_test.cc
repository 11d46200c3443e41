#include "daemon/cli/arguments.h"

#include <doctest/doctest.h>

#include "daemon/cli/verb.h"
#include "tests/daemon/cli/captured.h"

using namespace driftd;

namespace {

int run(std::span<const std::string> args) {
  std::string config;
  bool offline = false;
  CLI::App app("Test.", "driftd test");
  app.add_option("-c,--config", config, "File");
  app.add_flag("--offline", offline, "Offline");
  if (const auto done = parse_arguments(app, args)) return *done;
  return config == "f.yaml" && offline ? 0 : 1;
}

}  // namespace

TEST_CASE("flags in any order, help on stdout, usage on stderr with 64") {
  CHECK(capture(run, {"-c", "f.yaml", "--offline"}).exit_code == 0);
  CHECK(capture(run, {"--offline", "--config=f.yaml"}).exit_code == 0);

  const Captured help = capture(run, {"--help"});
  CHECK(help.exit_code == kExitOk);
  CHECK(help.out.find("--config") != std::string::npos);
  CHECK(help.err.empty());

  const Captured wrong = capture(run, {"--ofline"});
  CHECK(wrong.exit_code == kExitUsage);
  CHECK(wrong.out.empty());
  CHECK(wrong.err ==
        "driftd test: The following argument was not expected: --ofline; did you mean '--offline'?\n"
        "'driftd test --help' tells more\n");
  CHECK(capture(run, {"stray"}).exit_code == kExitUsage);
  CHECK(capture(run, {"-c"}).exit_code == kExitUsage);
}
