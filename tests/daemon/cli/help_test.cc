#include <doctest/doctest.h>

#include "daemon/cli/verb_table.h"
#include "tests/daemon/cli/captured.h"

using namespace driftd;

TEST_CASE("the help of a verb is its own, that of none the list of verbs") {
  CHECK(capture(run_help, {"reference", "build"}).out == capture(run_reference, {"build", "--help"}).out);
  const Captured all = capture(run_help, {});
  for (const Verb& verb : verbs()) CHECK(all.out.find("\n  " + std::string(verb.name)) != std::string::npos);
  const Captured unknown = capture(run_help, {"chekc"});
  CHECK(unknown.exit_code == kExitUsage);
  CHECK(unknown.err.find("did you mean 'check'?") != std::string::npos);
}

TEST_CASE("manual pages by their names") {
  CHECK(capture(run_help, {"--man", "driftd.1"}).out.find(".TH DRIFTD 1 ") != std::string::npos);
  CHECK(capture(run_help, {"--man", "driftd.yaml.5"}).out.find(".TH DRIFTD.YAML 5 ") != std::string::npos);
  CHECK(capture(run_help, {"--man", "driftd.8"}).exit_code == kExitUsage);
}
