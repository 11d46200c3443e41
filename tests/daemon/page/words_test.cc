#include "daemon/page/words.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/daemon/status_fixture.h"

using namespace driftd;
using test::kDay, test::kHour, test::kSecond, test::kWindowEnd;

TEST_CASE("counts and shares") {
  CHECK(count_text(0) == "0");
  CHECK(count_text(999) == "999");
  CHECK(count_text(1000) == "1,000");
  CHECK(count_text(18'446'744'073'709'551'615U) == "18,446,744,073,709,551,615");
  CHECK(share_text(0) == "0%");
  CHECK(share_text(0.0004) == "<0.1%");
  CHECK(share_text(0.0449) == "4.5%");
  CHECK(share_text(1) == "100.0%");
  CHECK(share_text(kNoNumber).empty());
  CHECK(plural(1, "alert") == "1 alert");
  CHECK(plural(0, "alert") == "0 alerts");
}

TEST_CASE("numbers, probabilities, bytes") {
  CHECK(number_text(11.4321) == "11.4");
  CHECK(number_text(0.37249) == "0.372");
  CHECK(number_text(kNoNumber).empty());
  CHECK(probability_text(std::log(0.03)) == "0.03");
  CHECK(probability_text(0) == "1");
  CHECK(probability_text(-9210.34) == "1e-4000");
  CHECK(probability_text(kNoNumber).empty());
  CHECK(bytes_text(0) == "0 bytes");
  CHECK(bytes_text(1023) == "1023 bytes");
  CHECK(bytes_text(1536) == "1.5 KiB");
  CHECK(bytes_text(183'402) == "179 KiB");
  CHECK(bytes_text(std::uint64_t{5} << 40) == "5120 GiB");
}

TEST_CASE("times") {
  struct Row {
    std::string got;
    const char* want;
  };
  const Row rows[] = {
      {duration_text(-5 * kSecond), "0 seconds"},
      {duration_text(kSecond), "1 second"},
      {duration_text(90 * kSecond), "1 minute"},
      {duration_text(3 * kHour), "3 hours"},
      {duration_text(365 * kDay), "365 days"},
      {instant_text(kNoTime), "not yet"},
      {instant_text(kWindowEnd), "30 Dec 2017, 00:00 UTC"},
      {instant_text(kWindowEnd + kHour + kSecond), "30 Dec 2017, 01:00:01 UTC"},
      {instant_text(-kSecond), "31 Dec 1969, 23:59:59 UTC"},
      {moment_text(kWindowEnd), "30 Dec 2017"},
      {moment_text(kWindowEnd + kHour), "30 Dec 2017, 01:00 UTC"},
      {moment_text(kNoTime), "not yet"},
      {range_text(kNoTime, kNoTime), "not yet"},
      {range_text(kWindowEnd - 7 * kDay, kWindowEnd), "23 to 30 Dec 2017"},
      {range_text(kWindowEnd - 40 * kDay, kWindowEnd), "20 Nov to 30 Dec 2017"},
      {range_text(kWindowEnd, kWindowEnd + 7 * kDay), "30 Dec 2017 to 6 Jan 2018"},
      {range_text(kWindowEnd, kWindowEnd + 300 * kSecond), "30 Dec 2017, 00:00 to 00:05 UTC"},
      {range_text(kWindowEnd + kHour, kWindowEnd + 2 * kDay), "30 Dec 2017, 01:00 UTC to 1 Jan 2018, 00:00 UTC"},
  };
  for (const auto& row : rows) CHECK(row.got == std::string(row.want));
}

TEST_CASE("titles") {
  CHECK(method_title("psi") == "population stability index");
  CHECK(method_title("adwin") == "ADWIN (adaptive windowing)");
  CHECK(method_title("some_thing") == "some thing");
  CHECK(metric_title("log_loss") == "Log loss");
  CHECK(metric_title("f1") == "F1");
  CHECK(check_title("missing") == "without a value");
  CHECK(check_title("stuck") == "stuck");
}

TEST_CASE("how a feature is") {
  MonitorStatus monitor = test::census_monitor();
  CHECK(feature_mood(monitor.features[0], monitor) == Mood::kCritical);
  CHECK(feature_mood(monitor.features[2], monitor) == Mood::kOver);
  CHECK(feature_mood(monitor.features[3], monitor) == Mood::kCalm);
  CHECK(feature_mood(monitor.features[4], monitor) == Mood::kPending);
  CHECK(feature_mood(monitor.features[8], monitor) == Mood::kOver);  // another segment than the alert's
  monitor.alerts[0].severity = "warning";
  CHECK(feature_mood(monitor.features[0], monitor) == Mood::kFiring);
  const MonitorStatus collecting = test::collecting_monitor();
  CHECK(feature_mood(collecting.features[0], collecting) == Mood::kCollecting);
}

TEST_CASE("how a monitor is") {
  CHECK(monitor_mood(test::census_monitor()) == Mood::kCritical);
  CHECK(monitor_mood(test::calm_monitor()) == Mood::kCalm);
  CHECK(monitor_mood(test::collecting_monitor()) == Mood::kCollecting);
  CHECK(monitor_mood({}) == Mood::kWaiting);
  MonitorStatus pending = test::census_monitor();
  std::erase_if(pending.alerts, [](const AlertStatus& alert) { return alert.state == AlertState::kFiring; });
  CHECK(monitor_mood(pending) == Mood::kPending);
}

TEST_CASE("why there is no verdict") {
  const MonitorStatus monitor = test::collecting_monitor();
  FeatureStatus feature = monitor.features[0];
  CHECK(no_verdict_text(feature, monitor) == "collecting 320 of 500 rows");
  feature.rows = 700;
  CHECK(no_verdict_text(feature, monitor) == "700 rows are too few for so many categories");
  feature.reference_rows = 0;
  CHECK(no_verdict_text(feature, monitor) == "no verdict: the reference has no rows of this segment");
  feature.status = Status::kDegenerate;
  CHECK(no_verdict_text(feature, monitor) == "no verdict: the reference has one value only");
}

TEST_CASE("a badge has a shape and a word beside its colour") {
  CHECK(mood_badge(Mood::kPending).text ==
        R"(<span class="badge pending"><svg class="icon" aria-hidden="true"><use href="#i-pending"/></svg>Pending</span>)");
  CHECK(mood_badge(Mood::kCalm, "<b>").text.find("&lt;b&gt;") != std::string::npos);
}
