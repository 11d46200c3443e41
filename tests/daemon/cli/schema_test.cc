#include "config/schema.h"

#include <doctest/doctest.h>

#include "daemon/alert/event_schema.h"
#include "daemon/cli/verb.h"
#include "tests/daemon/cli/captured.h"

using namespace driftd;

TEST_CASE("schema prints the one that is named") {
  const Captured schema = capture(run_schema, {"config"});
  CHECK(schema.exit_code == kExitOk);
  CHECK(schema.out == config_schema());
  CHECK(capture(run_schema, {"event"}).out == event_schema());
  CHECK(capture(run_schema, {"rows"}).exit_code == kExitUsage);
  CHECK(capture(run_schema, {}).exit_code == kExitUsage);
}
