#include "daemon/page/reference.h"

#include <doctest/doctest.h>

#include "tests/daemon/page/pages.h"

using namespace driftd;
using test::has;

TEST_CASE("where a reference is from, how old it is, what is in it") {
  const DaemonStatus status = test::make_status();
  const std::string page = reference_page(test::view_of(status), test::census_monitor());
  CHECK(has(page, "<h1>Reference <code>8c4c477b9e94</code></h1>"));
  CHECK(has(page, "Every window of employment is compared with these 68,785 rows."));
  CHECK(has(page, "<dd class=\"name\">/etc/driftd/census-2015.ref</dd>"));
  CHECK(has(page, "<dt>Age at the last window</dt><dd>729 days</dd>"));
  CHECK(has(page, "<dt>Segments judged</dt><dd>1</dd>"));
  CHECK(has(page, ">mig</a></th><td>drift</td><td>categorical</td><td class=\"number\">68,097</td><td class=\"number\">1.0%</td>"));
  MonitorStatus waiting = test::collecting_monitor();
  waiting.features.clear();
  CHECK(has(reference_page(test::view_of(status), waiting), "once the first window has closed"));
}

TEST_CASE("of many features the first are listed, all on demand") {
  const DaemonStatus status = test::make_status();
  MonitorStatus monitor = test::census_monitor();
  monitor.features.assign(300, monitor.features[0]);
  CHECK(has(reference_page(test::view_of(status), monitor), "Show all 300 features"));
}
