#include "daemon/page/past.h"

#include <doctest/doctest.h>

#include "daemon/history/store.h"
#include "tests/daemon/history/closed_windows.h"
#include "tests/temp_folder.h"

using namespace driftd;

namespace {

MonitorStatus monitor_m() {
  MonitorStatus monitor;
  monitor.name = "m";
  for (const char* segment : {"all", "none"}) {
    FeatureStatus& feature = monitor.features.emplace_back();
    feature.name = "amount";
    feature.segment = segment;
    feature.rows = 5;
    feature.ratio_history = {0.25, 0.5};
  }
  return monitor;
}

}  // namespace

TEST_CASE("a window that is over, with the ways on and back and the segments that it has") {
  const TempFolder folder;
  const test::ClosedWindows closed;
  auto store = HistoryStore::open(folder.path("h.db"));
  REQUIRE(store);
  REQUIRE(store->write(closed.windows()));
  HistoryReader reader(folder.path("h.db"));
  const MonitorStatus monitor = monitor_m();
  const Judgement& third = *closed.windows()[2].judgement;
  const auto past = past_view(reader, monitor, monitor.features[0], third.end_us);
  REQUIRE(past);
  REQUIRE(*past);
  const ShownFeature shown = shown_of(monitor, **past);
  CHECK(shown.end_us == third.end_us);
  CHECK(shown.start_us == third.start_us);
  CHECK(shown.previous_us == closed.windows()[1].judgement->end_us);
  CHECK(shown.next_us == closed.windows()[3].judgement->end_us);
  CHECK(shown.feature.rows == third.verdicts[0].rows);
  CHECK_FALSE(shown.feature.cells.empty());
  CHECK(shown.feature.ratio_history == monitor.features[0].ratio_history);
  REQUIRE(shown.segments.size() == 1);  // the history knows nothing of `none`
  CHECK(shown.segments[0]->segment == "all");
  CHECK_FALSE(*past_view(reader, monitor, monitor.features[0], closed.windows()[0].judgement->end_us - 1));
}

TEST_CASE("an alert from its timeline") {
  PastTransition fired{"e1", "a1", "m", "amount", "all", "drift", "warning", "firing", {10, 20}, "it drifts", "{}"};
  AlertStatus alert = alert_of({fired});
  CHECK(alert.state == AlertState::kFiring);
  CHECK(alert.since_us == 10);
  CHECK(alert.opened_us == 20);
  CHECK(alert.resolved_us == kNoTime);
  PastTransition resolved = fired;
  resolved.transition = "resolved";
  resolved.window = {50, 60};
  resolved.summary = "it is over";
  alert = alert_of({fired, resolved});
  CHECK(alert.state == AlertState::kResolved);
  CHECK(alert.opened_us == 20);
  CHECK(alert.resolved_us == 60);
  CHECK(alert.summary == "it is over");
  fired.transition = "pending";
  CHECK(alert_of({fired}).state == AlertState::kPending);
}
