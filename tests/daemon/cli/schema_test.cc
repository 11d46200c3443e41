#include <doctest/doctest.h>

#include <vector>

#include "config/schema.h"
#include "daemon/alert/event_schema.h"
#include "daemon/cli/verb.h"
#include "tests/daemon/cli/captured_stdout.h"

namespace driftd {

TEST_CASE("each schema is printed whole; without a name it is wrong usage") {
  int code = -1;
  const auto run = [&](std::vector<std::string> args) { return captured_stdout([&] { code = run_schema(args); }); };
  CHECK(run({"config"}) == config_schema());
  CHECK(code == kExitOk);
  CHECK(run({"event"}) == event_schema());
  CHECK(run({}).empty());
  CHECK(code == kExitUsage);
}

}  // namespace driftd
