#include "daemon/page/overview.h"

#include <doctest/doctest.h>

#include "tests/daemon/page/pages.h"

using namespace driftd;
using test::has;

namespace {

std::string page_of(const DaemonStatus& status) { return overview_page(test::view_of(status)); }

DaemonStatus with(std::vector<MonitorStatus> monitors) {
  DaemonStatus status = test::make_status();
  status.monitors.clear();
  for (auto& monitor : monitors) status.monitors.push_back(std::make_shared<const MonitorStatus>(std::move(monitor)));
  return status;
}

}  // namespace

TEST_CASE("the headline") {
  MonitorStatus one = test::census_monitor(), pending = test::census_monitor();
  one.alerts.resize(1);
  pending.alerts.erase(pending.alerts.begin(), pending.alerts.begin() + 2);
  struct Row {
    DaemonStatus status;
    const char* want;
  };
  const Row rows[] = {
      {with({}), "No monitor is set up yet"},
      {test::make_status(), "2 alerts are firing, 1 is pending"},
      {with({one}), "1 alert is firing"},
      {with({pending}), "1 alert is pending"},
      {with({test::calm_monitor()}), "All is calm"},
      {with({test::calm_monitor(), test::collecting_monitor()}), "No alert; some monitors are still collecting rows"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.want);
    CHECK(has(page_of(row.status), "<h1>" + std::string(row.want) + "</h1>"));
  }
}

TEST_CASE("the monitors, the worst first, each with its state in a word") {
  const std::string page = page_of(test::make_status());
  const std::size_t employment = page.find("href=\"/ui/monitors/employment\""), payments = page.find("href=\"/ui/monitors/payments\""),
                    basket = page.find("href=\"/ui/monitors/basket\"");
  CHECK(employment < payments);
  CHECK(payments < basket);
  for (const char* part : {"</svg>2 alerts</span>", "</svg>Collecting</span>", "</svg>Calm</span>", "Collecting 320 of 500 rows",
                           "<b class=\"name\">relp</b> at <b>11.4\xc3\x97</b>", "23 to 30 Dec 2017<br>1,318 rows, judged 4 seconds ago",
                           "339 records", "3 of 8 features over the line", "<dt>Promise</dt><dd>1 false alarm in 365 days</dd>"}) {
    CAPTURE(part);
    CHECK(has(page, part));
  }
}

TEST_CASE("a daemon that has just begun says what it waits for") {
  DaemonStatus status;
  status.not_ready = {"no partition assigned"};
  CHECK(has(page_of(status), "<li>no partition assigned</li>"));
  MonitorStatus waiting = test::collecting_monitor();
  waiting.window_end_us = kNoTime;
  waiting.features.clear();
  CHECK(has(page_of(with({waiting})), "Waiting for the first window to close"));
}
