#include "daemon/page/daemon.h"

#include <doctest/doctest.h>

#include "tests/daemon/page/pages.h"

using namespace driftd;
using test::has;

namespace {

std::string page_of(const DaemonStatus& status) { return daemon_page(test::view_of(status)); }

}  // namespace

TEST_CASE("the partitions and the daemon") {
  const std::string page = page_of(test::make_status());
  CHECK(has(page,
            "census.rows / 1</th><td>reading</td><td class=\"number\">339</td><td class=\"number\">45,901</td>"
            "<td>30 Dec 2017, 01:00 UTC</td><td class=\"number\">2</td><td class=\"number\">1</td><td class=\"number\">0</td>"));
  CHECK(has(page, "census.rows / 2</th><td>idle</td>"));
  CHECK(has(page, "shop.orders / 0</th><td>paused</td>"));
  CHECK(has(page, "<dt>Snapshot</dt><dd>6 seconds old, 179 KiB</dd>"));
  CHECK(has(page, "<dt>Sink kafka</dt><dd>7 delivered, 2 waiting</dd>"));
}

TEST_CASE("a daemon that has just begun says what it waits for") {
  DaemonStatus status;
  status.not_ready = {"no partition assigned"};
  const std::string page = page_of(status);
  CHECK(has(page, "<h1>driftd is not ready</h1>"));
  CHECK(has(page, "<li>no partition assigned</li>"));
  CHECK(has(page, "No partition is assigned yet."));
  CHECK(has(page, "<dd>none yet</dd>"));
  CHECK(not_ready_notice(test::make_status()).text.empty());
}

TEST_CASE("the history, where one is kept") {
  DaemonStatus status = test::make_status();
  status.history = {};
  CHECK_FALSE(has(page_of(status), "<dt>History</dt>"));
  status.history = {true, 2048, 12, 3, true};
  CHECK(has(page_of(status), "<dt>History</dt><dd>2.0 KiB, cannot be written, 12 windows written since the start, 3 dropped</dd>"));
}

TEST_CASE("the last reload: what became of the monitors, or why it was refused") {
  DaemonStatus status = test::make_status();
  CHECK_FALSE(has(page_of(status), "Last reload"));
  ReloadStatus reload;
  reload.asked_by = "http";
  reload.wall_us = test::kNow - 120'000'000;
  reload.kept = {"employment"};
  reload.reset = {"payments", "a&b"};
  status.reload = std::make_shared<const ReloadStatus>(reload);
  CHECK(has(page_of(status), "<dt>Last reload</dt><dd>2 minutes ago, by POST: 1 monitor kept, reset payments, a&amp;b</dd>"));
  CHECK_FALSE(has(page_of(status), "refused"));
  reload.asked_by = "file";
  reload.problems = {{"driftd.yaml", 7, 14, "unknown key 'x'"}, {"driftd.yaml", 0, 0, "no <b>"}};
  status.reload = std::make_shared<const ReloadStatus>(reload);
  const std::string page = page_of(status);
  CHECK(has(page, "refused 2 minutes ago, the file had changed: 2 problems, listed below; the configuration before it is in force"));
  CHECK(has(page, "<li><code>driftd.yaml:7:14: unknown key &#39;x&#39;</code></li><li><code>driftd.yaml: no &lt;b&gt;</code></li>"));
}
