#include "daemon/app_service.h"

#include <doctest/doctest.h>

#include "tests/daemon/status_fixture.h"

using namespace driftd;

TEST_CASE("a service manager hears how a daemon is: more time before it is ready, alive while every thread moves") {
  DaemonStatus status;
  status.not_ready = {"kafka: looking\nfor the partitions", "state"};
  ServiceNews said, before{.ready = true};
  CHECK(service_report(status, said, 7) ==
        "STATUS=not ready: kafka: looking for the partitions\nEXTEND_TIMEOUT_USEC=30000000\nWATCHDOG=1\n");
  CHECK(service_report(status, before, 7) == "STATUS=not ready: kafka: looking for the partitions\nWATCHDOG=1\n");
  status = test::make_status();
  status.ready = true;
  const std::string ready = service_report(status, said, 7);
  CHECK(ready.starts_with("STATUS=3 monitors, 2 alerts firing, lag "));
  CHECK(ready.ends_with(" records\nREADY=1\nWATCHDOG=1\n"));
  CHECK_FALSE(service_report(status, said, 7).contains("READY=1"));
  status.stalled = {"shard 1 has not moved for 40 s"};
  CHECK(service_report(status, said, 7) == "STATUS=shard 1 has not moved for 40 s\n");
}

TEST_CASE("a reload is told when it begins and when it has ended, in a report each, and one that was missed all the same") {
  DaemonStatus status = test::make_status();
  status.ready = true;
  const auto news = [&status](ServiceNews& said) {
    const std::string report = service_report(status, said, 1234);
    return report.substr(report.find('\n') + 1);
  };
  ServiceNews said;
  status.reloads_begun = 1;  // part of the start
  CHECK(news(said) == "READY=1\nWATCHDOG=1\n");
  status.reloads_ended = 1;
  CHECK(news(said) == "WATCHDOG=1\n");
  status.reloads_begun = 2;
  CHECK(news(said) == "RELOADING=1\nMONOTONIC_USEC=1234\nWATCHDOG=1\n");
  CHECK(news(said) == "WATCHDOG=1\n");
  status.reloads_ended = 2;
  CHECK(news(said) == "READY=1\nWATCHDOG=1\n");
  CHECK(news(said) == "WATCHDOG=1\n");
  status.reloads_begun = status.reloads_ended = 4;
  CHECK(news(said) == "RELOADING=1\nMONOTONIC_USEC=1234\nWATCHDOG=1\n");
  CHECK(news(said) == "READY=1\nWATCHDOG=1\n");
}
