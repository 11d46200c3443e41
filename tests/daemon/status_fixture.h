// A DaemonStatus as a running daemon would publish it: three monitors (one drifting, one calm, one still collecting), two
// streams. Made up by formula, so that it is the same everywhere.
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/status.h"

namespace driftd::test {

inline constexpr std::int64_t kSecond = 1'000'000, kHour = 3600 * kSecond, kDay = 24 * kHour;
inline constexpr std::int64_t kWindowEnd = 1'514'592'000 * kSecond;  // 2017-12-30T00:00:00Z
inline constexpr std::int64_t kNow = 1'790'000'000 * kSecond;        // 2026-09-21T14:13:20Z

struct FeatureShape {
  std::string name;
  bool numeric = true;
  std::vector<std::pair<std::string, std::pair<double, double>>> cells;  // label, share of reference and current
  double ratio = 0.1;
  std::string kind = "drift";
  double missing_before = 0, missing = 0;
};

inline double psi_of(const FeatureShape& shape) {
  double sum = 0;
  for (const auto& [label, share] : shape.cells)
    sum += (share.second - share.first) * std::log((share.second + 1e-4) / (share.first + 1e-4));
  return sum;
}

inline FeatureStatus make_feature(const FeatureShape& shape, const std::string& segment, std::uint64_t reference_rows, std::uint64_t rows) {
  FeatureStatus out;
  out.name = shape.name;
  out.segment = segment;
  out.kind = shape.kind;
  out.numeric = shape.numeric;
  out.status = Status::kOk;
  const auto part = [](double share, std::uint64_t of) {
    return static_cast<std::uint64_t>(std::llround(share * static_cast<double>(of)));
  };
  const std::uint64_t missing_before = part(shape.missing_before, reference_rows), missing = part(shape.missing, rows);
  out.reference_rows = reference_rows - missing_before;
  out.rows = rows - missing;
  out.reference_classes = {out.reference_rows, missing_before, 0, 0, 0, 0, 0};
  out.classes = {out.rows, missing / 2, missing - missing / 2, 0, 0, 0, 0};
  (shape.numeric ? out.out_of_range_ratio : out.unseen_ratio) = 0;
  out.ratio = shape.ratio;
  for (const auto& [label, share] : shape.cells) {
    const double contribution = (share.second - share.first) * std::log((share.second + 1e-4) / (share.first + 1e-4));
    out.cells.push_back({label, part(share.first, out.reference_rows), part(share.second, out.rows), contribution});
  }
  const double psi = psi_of(shape);
  out.methods = {{"psi", Status::kOk, psi, psi, -12.5 * shape.ratio, kNoNumber, shape.ratio, shape.ratio >= 1, kNoNumber, kNoNumber},
                 {"jensen_shannon", Status::kOk, std::sqrt(psi / 8), std::sqrt(psi / 8), kNoNumber, kNoNumber, kNoNumber, false, kNoNumber,
                  kNoNumber}};
  out.log_p = -12.5 * shape.ratio;
  out.detectable_effect = 0.13;
  const double lift = shape.missing - shape.missing_before;
  out.quality = {
      {"missing", Status::kOk, lift, lift, -lift * 400, kNoNumber, lift / 0.02, lift >= 0.02, shape.missing_before, shape.missing}};
  for (int i = 0; i < 20; ++i) {
    const double wave = 0.12 * std::sin(i * 1.7 + shape.ratio * 9) + 0.14;
    out.ratio_history.push_back(i < 18 - 2 * (shape.ratio > 1) ? std::min(wave, 0.9) : shape.ratio * (1 + 0.04 * std::sin(i)));
  }
  return out;
}

inline std::vector<FeatureShape> census_shapes() {
  return {
      {"relp",
       false,
       {{"0", {.41, .42}},
        {"1", {.18, .19}},
        {"2", {.22, .23}},
        {"5", {.03, .05}},
        {"16", {.045, 0}},
        {"17", {.03, 0}},
        {"other", {.085, .11}},
        {"unseen", {0, 0}}},
       11.4},
      {"agep",
       true,
       {{"(-inf, 22]", {.1, .02}},
        {"(22, 29]", {.1, .03}},
        {"(29, 36]", {.1, .05}},
        {"(36, 43]", {.1, .06}},
        {"(43, 50]", {.1, .08}},
        {"(50, 56]", {.1, .11}},
        {"(56, 62]", {.1, .16}},
        {"(62, 69]", {.1, .19}},
        {"(69, 77]", {.1, .17}},
        {"(77, inf)", {.1, .13}}},
       6.31},
      {"score",
       true,
       {{"(-inf, 0.02]", {.1, .22}},
        {"(0.02, 0.11]", {.1, .19}},
        {"(0.11, 0.38]", {.1, .13}},
        {"(0.38, 0.61]", {.1, .1}},
        {"(0.61, 0.72]", {.1, .08}},
        {"(0.72, 0.8]", {.1, .07}},
        {"(0.8, 0.86]", {.1, .07}},
        {"(0.86, 0.9]", {.1, .06}},
        {"(0.9, 0.93]", {.1, .05}},
        {"(0.93, inf)", {.1, .03}}},
       2.2,
       "prediction"},
      {"mar", false, {{"1", {.45, .51}}, {"2", {.08, .12}}, {"3", {.1, .12}}, {"4", {.02, .02}}, {"5", {.35, .23}}}, .87},
      {"mig", false, {{"1", {.86, .9}}, {"2", {.01, .01}}, {"3", {.13, .09}}}, .41, "drift", .01, .034},
      {"sex", false, {{"1", {.49, .48}}, {"2", {.51, .52}}}, .08},
      {"rac1p", false, {{"1", {.77, .77}}, {"2", {.1, .1}}, {"6", {.05, .05}}, {"other", {.08, .08}}, {"unseen", {0, 0}}}, .05},
      {"error", true, {{"0", {.83, .81}}, {"1", {.17, .19}}}, 0, "performance"},
  };
}

inline AlertStatus make_alert(std::string id, std::string feature, std::string severity, AlertState state, std::string summary) {
  AlertStatus out;
  out.alert_id = std::move(id);
  out.kind = feature == "mig" ? "quality" : feature == "score" ? "prediction" : "drift";
  out.feature = std::move(feature);
  out.segment = "all";
  out.severity = std::move(severity);
  out.state = state;
  out.since_us = kWindowEnd - 21 * kDay;
  out.opened_us = kWindowEnd - 14 * kDay;
  out.summary = std::move(summary);
  out.event_json = R"({"specversion":"1.0","id":"6e01f7b9a743ccb5","type":"dev.driftd.drift.firing.v1"})";
  return out;
}

// A window of a binary model, whose labels are in.
inline LabelStatus census_labels() {
  LabelStatus labels;
  labels.window_start_us = kWindowEnd - 14 * kDay;
  labels.window_end_us = kWindowEnd - 7 * kDay;
  labels.join_within_us = 7 * kDay;
  labels.performance = {{"all", 12'000, 11'400, {{"accuracy", 0.91}, {"precision", 0.8}, {"recall", kNoNumber}, {"f1", 0.5}}}};
  labels.counters.predictions = 60'000;
  labels.counters.joined = 57'000;
  labels.counters.duplicates = 12;
  labels.counters.corrections = 3;
  labels.counters.expired = 40;
  labels.counters.delays = {0, 5, 100, 2000, 20'000, 30'000, 4000, 800, 95, 0};
  labels.counters.delay_ms = 1'234'567'890;
  labels.pending_predictions = 12'345;
  return labels;
}

inline MonitorStatus census_monitor() {
  MonitorStatus out;
  out.labels = census_labels();
  out.name = "employment";
  out.stream = "census";
  out.reference_id = "8c4c477b9e94";
  out.reference_path = "/etc/driftd/census-2015.ref";
  out.reference_rows = 68'785;
  out.reference_created_us = 1'451'606'400 * kSecond;  // 2016-01-01
  out.window_us = 7 * kDay;
  out.minimum_samples = 500;
  out.false_alarm_interval_seconds = 365 * 86'400.0;
  out.window_start_us = kWindowEnd - 7 * kDay;
  out.window_end_us = kWindowEnd;
  out.last_evaluation_wall_us = kNow - 4 * kSecond;
  out.window_samples = {{"all", 1318}, {"sex=1", 640}};
  out.windows_closed = {{"count", 0}, {"time", 104}};
  out.evaluations = {{"ok", 104}};
  out.alert_transitions = {{{"warning", "firing"}, 1}, {{"critical", "firing"}, 2}};
  out.alert_exemplars = {{{"critical", "firing"}, {"6e77b70df680e4e0", kNow - 5 * kSecond + 250'000}}};
  out.evaluation_times.add(0.002);
  out.loss_metric = "accuracy";
  for (int i = 0; i < 20; ++i) {
    out.history_end_us.push_back(kWindowEnd - (19 - i) * 7 * kDay);
    out.history_rows.push_back(1290 + static_cast<std::uint64_t>(i * 37 % 61));
  }
  for (const auto& shape : census_shapes()) out.features.push_back(make_feature(shape, "all", 68'785, 1318));
  out.features.push_back(make_feature(census_shapes()[1], "sex=1", 33'700, 640));
  FeatureStatus& error = out.features[7];
  error.methods = {{"adwin", Status::kOk, .19, .04, kNoNumber, kNoNumber, 0, false, .17, .19}};
  out.alerts = {make_alert("6e77b70df680e4e0", "relp", "critical", AlertState::kFiring,
                           "relp: 0% of rows in 16, 4.5% in the reference; PSI 0.37 (n = 1318)"),
                make_alert("0b1fd35ee0a11111", "agep", "critical", AlertState::kFiring,
                           "agep: 19% of rows in (62, 69], 10% in the reference; PSI 0.62 (n = 1318)"),
                make_alert("0b1fd35ee0a22222", "mig", "warning", AlertState::kPending,
                           "mig: 3.4% of rows without a value, 1.0% in the reference (n = 1318)"),
                make_alert("0b1fd35ee0a33333", "score", "warning", AlertState::kResolved,
                           "score: 9% of rows in (0.38, 0.61], 10% in the reference; PSI 0.12 (n = 1301)")};
  out.alerts.back().resolved_us = kWindowEnd - 7 * kDay;
  out.features[0].alert = out.features[1].alert = AlertState::kFiring;
  out.features[4].alert = AlertState::kPending;
  return out;
}

inline MonitorStatus calm_monitor() {
  MonitorStatus out = census_monitor();
  out.name = "basket";
  out.stream = "shop";
  out.reference_id = "11aa22bb33cc";
  out.reference_path = "/etc/driftd/basket.ref";
  out.labels.reset();
  out.alerts.clear();
  out.alert_transitions.clear();
  out.alert_exemplars.clear();
  out.window_samples = {{"all", 12'841}};
  out.features.clear();
  for (const auto& shape : census_shapes()) {
    if (shape.ratio < 0.5) out.features.push_back(make_feature(shape, "all", 250'000, 12'841));
  }
  return out;
}

inline MonitorStatus collecting_monitor() {
  MonitorStatus out;
  out.name = "payments";
  out.stream = "shop";
  out.reference_id = "feedfacecafe";
  out.reference_path = "/etc/driftd/payments.ref";
  out.reference_rows = 120'000;
  out.window_us = 300 * kSecond;
  out.minimum_samples = 500;
  out.window_start_us = kWindowEnd - 300 * kSecond;
  out.window_end_us = kWindowEnd;
  out.window_samples = {{"all", 320}};
  out.windows_closed = {{"count", 0}, {"time", 1}};
  out.evaluations = {{"insufficient", 1}};
  for (const char* name : {"amount", "country"}) {
    FeatureStatus feature;
    feature.name = name;
    feature.segment = "all";
    feature.kind = "drift";
    feature.numeric = feature.name == "amount";
    feature.reference_rows = 120'000;
    feature.rows = 320;
    feature.reference_classes = {120'000, 0, 0, 0, 0, 0, 0};
    feature.classes = {320, 0, 0, 0, 0, 0, 0};
    out.features.push_back(feature);
  }
  return out;
}

inline PartitionStatus make_partition(const char* topic, std::int32_t number, const char* stream, std::int64_t next, std::int64_t end) {
  PartitionStatus out;
  out.id = {topic, number};
  out.stream = stream;
  out.next_offset = next;
  out.end_offset = end;
  out.watermark_us = kWindowEnd + kHour * number;
  out.last_record_us = kNow - (number + 2) * kSecond;
  out.records = static_cast<std::uint64_t>(next);
  out.bytes = out.records * 651;
  out.rows = out.records - 3;
  out.rejected[2] = 2;
  out.late = 1;
  return out;
}

inline DaemonStatus make_status() {
  DaemonStatus out;
  out.ready = true;
  out.version = "0.1.0";
  out.revision = "a41c09be7733";
  out.config_hash = "a41c09be7733";
  out.monitors = {std::make_shared<const MonitorStatus>(census_monitor()), std::make_shared<const MonitorStatus>(calm_monitor()),
                  std::make_shared<const MonitorStatus>(collecting_monitor())};
  out.partitions = {make_partition("census.rows", 0, "census", 46'118, 46'118), make_partition("census.rows", 1, "census", 45'901, 46'240),
                    make_partition("census.rows", 2, "census", 46'020, 46'020), make_partition("shop.orders", 0, "shop", 910'223, 910'301)};
  out.partitions[2].idle = true;
  out.partitions[3].paused = true;
  out.sinks = {{"kafka", 7, 1, 0, 2}, {"log", 9, 0, 0, 0}};
  out.sinks[0].times.add(0.02);
  out.snapshot_last_success_wall_us = kNow - 6 * kSecond;
  out.snapshot_size_bytes = 183'402;
  out.snapshots = 412;
  out.history = {true, 5'242'880, 1040, 3, false};
  out.snapshot_times.add(0.004);
  out.snapshot_times.add(0.2);
  out.queues = {{"ingest", 3, 512, 90'112, 1.5}, {"window", 0, 512, std::nullopt, 0}, {"alert", 2, std::nullopt, 2'048, 0}};
  out.state_bytes = {{"windows", 90'000}, {"labels", 0}, {"detectors", 60'000}, {"queues", 33'000}};
  out.topic_partitions = {{"census.rows", 4}, {"shop.orders", 1}};
  out.partitions_assigned = 1;
  out.commits_ok = 40;
  out.now_wall_us = kNow;
  out.started_wall_us = out.config_reload_wall_us = kNow - 600 * kSecond;
  out.kafka_errors = {{"_TRANSPORT", 3}};
  out.log_messages = {{"info", 61}, {"warn", 2}};
  return out;
}

}  // namespace driftd::test
