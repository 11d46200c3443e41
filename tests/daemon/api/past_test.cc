#include "daemon/api/past.h"

#include <doctest/doctest.h>

using namespace driftd;

namespace {

constexpr std::int64_t kMinute = 60'000'000;

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

FeaturePoint point(int minute, double ratio, std::uint64_t rows, bool complete = true) {
  FeaturePoint made;
  made.window = {minute * kMinute, (minute + 1) * kMinute, complete};
  made.feature.rows = rows;
  made.feature.status = Status::kOk;
  made.feature.ratio = ratio;
  made.feature.classes[0] = rows * 3;
  made.feature.classes[1] = rows;
  made.feature.methods = {{"psi", Status::kOk, ratio * 2, ratio, -3, kNoNumber, ratio, ratio >= 1, kNoNumber, kNoNumber}};
  return made;
}

SegmentPoint segment(int minute, double ratio) {
  SegmentPoint made;
  made.window = {minute * kMinute, (minute + 1) * kMinute, true};
  made.ratio = ratio;
  made.rows = 10;
  made.judged = 4;
  made.over = 1;
  return made;
}

}  // namespace

TEST_CASE("every window is a point") {
  const std::string text = feature_history_json({"m", "f", "all", {}, 0}, {point(0, 0.5, 100), point(1, kNoNumber, 7, false)}, false);
  CHECK(has(text, R"("data":{"monitor":"m","feature":"f","segment":"all","step_seconds":null,"points":[)"
                  R"({"start":"1970-01-01T00:00:00Z","end":"1970-01-01T00:01:00Z","complete":true,"samples":100,"status":"ok",)"
                  R"("drift_threshold_ratio":0.5,"missing_ratio":0.25,"out_of_range_ratio":null,"unseen_category_ratio":null,)"
                  R"("methods":{"psi":{"status":"ok","alarm":false,"statistic":1,"effect":0.5,"log_p_value":-3,"threshold_ratio":0.5,)"
                  R"("before":null,"after":null}},"quality":{}},)"
                  R"({"start":"1970-01-01T00:01:00Z","end":"1970-01-01T00:02:00Z","complete":false,"samples":7,"status":"ok",)"
                  R"("drift_threshold_ratio":null)"));
  CHECK(has(text, "\"warnings\":[]"));
}

TEST_CASE("of a step the worst window is told, with the rows of all; a window that ends with a step belongs to it") {
  const std::vector<FeaturePoint> points{point(0, 0.5, 100), point(1, 2, 10), point(2, kNoNumber, 1), point(4, kNoNumber, 5, false),
                                         point(5, 0.25, 7)};
  const std::string text = feature_history_json({"m", "f", "all", {}, 3 * kMinute}, points, true);
  CHECK(has(text,
            R"("step_seconds":180,"points":[{"start":"1970-01-01T00:00:00Z","end":"1970-01-01T00:03:00Z","complete":true,"windows":3,)"
            R"("samples":111,"status":"ok","drift_threshold_ratio":2,)"));
  CHECK(has(text, R"({"start":"1970-01-01T00:04:00Z","end":"1970-01-01T00:06:00Z","complete":false,"windows":2,)"
                  R"("samples":12,"status":"ok","drift_threshold_ratio":0.25,)"));
  CHECK(has(text, R"("warnings":["only the newest 11000 windows: give from and to"])"));
  // Before 1970 too.
  const std::string early =
      feature_history_json({"m", "f", "all", {}, 3 * kMinute}, {point(-2, 1, 1), point(-1, 1, 1), point(0, 1, 1)}, false);
  CHECK(has(early, R"("end":"1970-01-01T00:00:00Z","complete":true,"windows":2)"));
}

TEST_CASE("a monitor's history has its windows, what labels said, and its alerts") {
  MonitorPast past;
  past.points = {segment(0, 0.5), segment(1, 3)};
  SegmentPoint labelled = segment(0, 0.1);
  labelled.predicted = 20;
  labelled.labelled = 15;
  labelled.performance = R"({"accuracy":0.9})";
  past.performance = {labelled};
  past.transitions = {{"e1", "a1", "m", "f", "all", "drift", "warning", "firing", {0, kMinute, true}, "f: \"more\"", "{}"}};
  const std::string text = monitor_history_json({"m", "", "all", {}, 0}, past, false);
  CHECK(has(text,
            R"("feature":null,"segment":"all","step_seconds":null,"points":[{"start":"1970-01-01T00:00:00Z","end":"1970-01-01T00:01:00Z",)"
            R"("complete":true,"samples":10,"drift_threshold_ratio":0.5,"features_judged":4,"features_over":1},)"));
  CHECK(has(text, R"("performance":[{"start":"1970-01-01T00:00:00Z","end":"1970-01-01T00:01:00Z","complete":true,"predicted":20,)"
                  R"("labelled":15,"values":{"accuracy":0.9}}])"));
  CHECK(has(text, R"("transitions":[{"alert_id":"a1","event_id":"e1","feature":"f","segment":"all","kind":"drift","severity":"warning",)"
                  R"("transition":"firing","start":"1970-01-01T00:00:00Z","end":"1970-01-01T00:01:00Z","summary":"f: \"more\""}])"));
  CHECK(has(monitor_history_json({"m", "", "all", {}, kMinute * 2}, past, false), R"("windows":2,"samples":20,"drift_threshold_ratio":3)"));
}

TEST_CASE("a monitor as it was: the window and the reference of then") {
  MonitorStatus now;
  now.name = "m";
  now.reference_id = "new";
  now.reference_path = "/new.ref";
  now.window_end_us = 99;
  now.minimum_samples = 50;
  PastFeature past;
  past.window = {1, 2, true};
  past.reference_id = "old";
  past.reference_rows = 7;
  const MonitorStatus then = monitor_then(now, past);
  CHECK(then.name == "m");
  CHECK(then.reference_id == "old");
  CHECK(then.reference_path.empty());
  CHECK(then.reference_rows == 7);
  CHECK(then.window_start_us == 1);
  CHECK(then.window_end_us == 2);
  CHECK(then.minimum_samples == 50);
}
