#include "daemon/api/past.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "daemon/api/envelope.h"

namespace driftd {

namespace {

std::int64_t step_of(const PastWindow& window, std::int64_t step_us) {
  const std::int64_t last_us = window.end_us - 1;  // a window that ends where a step does belongs to it
  return last_us / step_us - (last_us % step_us < 0 ? 1 : 0);
}

// What one point on the axis stands for: points[first, last), and the worst of them.
struct Step {
  std::size_t first, last, worst;
  std::uint64_t rows;
};

template <class Point, class Ratio, class Rows>
std::vector<Step> steps_of(const std::vector<Point>& points, std::int64_t step_us, Ratio ratio, Rows rows) {
  std::vector<Step> steps;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool same = step_us > 0 && i > 0 && step_of(points[i].window, step_us) == step_of(points[i - 1].window, step_us);
    if (!same) {
      steps.push_back({i, i + 1, i, rows(points[i])});
      continue;
    }
    Step& step = steps.back();
    step.last = i + 1;
    step.rows += rows(points[i]);
    if (!(ratio(points[i]) <= ratio(points[step.worst])) && !std::isnan(ratio(points[i]))) step.worst = i;
  }
  return steps;
}

void window_times(JsonWriter& json, const PastWindow& first, const PastWindow& last, bool complete) {
  time_field(json, "start", first.start_us);
  time_field(json, "end", last.end_us);
  json.field("complete", complete);
}

template <class Point>
bool all_complete(const std::vector<Point>& points, const Step& step) {
  return std::all_of(points.begin() + static_cast<std::ptrdiff_t>(step.first), points.begin() + static_cast<std::ptrdiff_t>(step.last),
                     [](const Point& point) { return point.window.complete; });
}

void methods_object(JsonWriter& json, std::string_view name, const std::vector<MethodStatus>& methods) {
  json.key(name).begin_object();
  for (const MethodStatus& method : methods) {
    json.key(method.method).begin_object().field("status", status_name(method.status)).field("alarm", method.alarm);
    json.field("statistic", method.statistic).field("effect", method.effect).field("log_p_value", method.log_p);
    json.field("threshold_ratio", method.threshold_ratio).field("before", method.before).field("after", method.after).end_object();
  }
  json.end_object();
}

void asked_fields(JsonWriter& json, const HistoryQuestion& asked) {
  json.field("monitor", asked.monitor);
  json.key("feature");
  asked.feature.empty() ? json.null() : json.string(asked.feature);
  json.field("segment", asked.segment).field("step_seconds", asked.step_us > 0 ? static_cast<double>(asked.step_us) / 1e6 : kNoNumber);
}

std::vector<std::string> warnings_of(const HistoryQuestion& asked, bool more) {
  if (!more) return {};
  return {fmt::format("only the newest {} windows: give from and to", asked.range.limit)};
}

void transition_fields(JsonWriter& json, const PastTransition& to) {
  json.field("alert_id", to.alert_id).field("event_id", to.event_id).field("feature", to.feature).field("segment", to.segment);
  json.field("kind", to.kind).field("severity", to.severity).field("transition", to.transition);
  time_field(json, "start", to.window.start_us);
  time_field(json, "end", to.window.end_us);
  json.field("summary", to.summary);
}

}  // namespace

std::string feature_history_json(const HistoryQuestion& asked, const std::vector<FeaturePoint>& points, bool more) {
  const auto steps = steps_of(
      points, asked.step_us, [](const FeaturePoint& p) { return p.feature.ratio; }, [](const FeaturePoint& p) { return p.feature.rows; });
  const auto write = [&](JsonWriter& json) {
    asked_fields(json, asked);
    json.key("points").begin_array();
    for (const Step& step : steps) {
      const FeatureStatus& worst = points[step.worst].feature;
      json.begin_object();
      window_times(json, points[step.first].window, points[step.last - 1].window, all_complete(points, step));
      if (asked.step_us > 0) json.field("windows", static_cast<std::uint64_t>(step.last - step.first));
      json.field("samples", step.rows).field("status", status_name(worst.status)).field("drift_threshold_ratio", worst.ratio);
      json.field("missing_ratio", share_of(missing_rows(worst.classes), total_rows(worst.classes)));
      json.field("out_of_range_ratio", worst.out_of_range_ratio).field("unseen_category_ratio", worst.unseen_ratio);
      methods_object(json, "methods", worst.methods);
      methods_object(json, "quality", worst.quality);
      json.end_object();
    }
    json.end_array();
  };
  return document(write, warnings_of(asked, more));
}

std::string monitor_history_json(const HistoryQuestion& asked, const MonitorPast& past, bool more) {
  const auto steps =
      steps_of(past.points, asked.step_us, [](const SegmentPoint& p) { return p.ratio; }, [](const SegmentPoint& p) { return p.rows; });
  const auto write = [&](JsonWriter& json) {
    asked_fields(json, asked);
    json.key("points").begin_array();
    for (const Step& step : steps) {
      const SegmentPoint& worst = past.points[step.worst];
      json.begin_object();
      window_times(json, past.points[step.first].window, past.points[step.last - 1].window, all_complete(past.points, step));
      if (asked.step_us > 0) json.field("windows", static_cast<std::uint64_t>(step.last - step.first));
      json.field("samples", step.rows).field("drift_threshold_ratio", worst.ratio);
      json.field("features_judged", worst.judged).field("features_over", worst.over).end_object();
    }
    json.end_array().key("performance").begin_array();
    for (const SegmentPoint& point : past.performance) {
      json.begin_object();
      window_times(json, point.window, point.window, point.window.complete);
      json.field("predicted", point.predicted).field("labelled", point.labelled).key("values").raw(point.performance).end_object();
    }
    json.end_array().key("transitions").begin_array();
    for (const PastTransition& to : past.transitions) {
      json.begin_object();
      transition_fields(json, to);
      json.end_object();
    }
    json.end_array();
  };
  return document(write, warnings_of(asked, more));
}

MonitorStatus monitor_then(const MonitorStatus& now, const PastFeature& past) {
  MonitorStatus then;
  then.name = now.name;
  then.stream = now.stream;
  then.window_us = now.window_us;
  then.advance_us = now.advance_us;
  then.window_rows = now.window_rows;
  then.minimum_samples = now.minimum_samples;
  then.windows_closed = now.windows_closed;
  then.reference_id = past.reference_id;
  then.reference_rows = past.reference_rows;
  then.reference_created_us = past.reference_created_us;
  if (then.reference_id == now.reference_id) then.reference_path = now.reference_path;
  then.window_start_us = past.window.start_us;
  then.window_end_us = past.window.end_us;
  return then;
}

}  // namespace driftd
