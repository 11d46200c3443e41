#include "daemon/api/live.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/daemon/history/closed_windows.h"

using namespace driftd;

namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a window and an alert in one line each") {
  const test::ClosedWindows closed;
  const auto opened = std::ranges::find_if(closed.windows(), [](const HistoryWindow& window) { return !window.transitions.empty(); });
  REQUIRE(opened != closed.windows().end());
  const AlertPlan& plan = *closed.plan().alerts;
  const std::string window = window_message(plan, *opened->judgement);
  CHECK(window.starts_with(R"({"monitor":"m","windows_of":"m","start":"2023-11-14T22:)"));
  CHECK(has(window, R"("complete":true,"samples":)"));
  CHECK(has(window, R"("judged":3,"over":)"));
  CHECK(has(window, R"("worst":{"feature":")"));
  CHECK(window.find('\n') == std::string::npos);
  CHECK(window.size() < 400);
  const std::string alert = alert_message(plan, *opened->judgement, opened->transitions.front());
  CHECK(alert.starts_with(R"({"alert_id":")" + opened->transitions.front().alert_id + R"(","event_id":")"));
  CHECK(has(alert, R"("severity":"critical","transition":"firing","end":"2023-11-14T22:)"));
  CHECK_FALSE(has(alert, "specversion"));
}

TEST_CASE("a window without a verdict has no worst feature") {
  const test::ClosedWindows closed;
  Judgement empty = *closed.windows()[0].judgement;
  for (Verdict& verdict : empty.verdicts) verdict.drift.clear();
  CHECK(has(window_message(*closed.plan().alerts, empty), R"("drift_threshold_ratio":null,"worst":null})"));
}
