#include "daemon/app_service.h"

#include <doctest/doctest.h>

#include "tests/daemon/status_fixture.h"

using namespace driftd;

TEST_CASE("a service manager hears how a daemon is: more time before it is ready, alive while every thread moves") {
  DaemonStatus status;
  status.not_ready = {"kafka: looking\nfor the partitions", "state"};
  CHECK(service_report(status, false) == "STATUS=not ready: kafka: looking for the partitions\nEXTEND_TIMEOUT_USEC=30000000\nWATCHDOG=1\n");
  CHECK(service_report(status, true) == "STATUS=not ready: kafka: looking for the partitions\nWATCHDOG=1\n");
  status = test::make_status();
  status.ready = true;
  const std::string ready = service_report(status, false);
  CHECK(ready.starts_with("STATUS=3 monitors, 2 alerts firing, lag "));
  CHECK(ready.ends_with(" records\nREADY=1\nWATCHDOG=1\n"));
  CHECK_FALSE(service_report(status, true).contains("READY=1"));
  status.stalled = {"shard 1 has not moved for 40 s"};
  CHECK(service_report(status, true) == "STATUS=shard 1 has not moved for 40 s\n");
}
