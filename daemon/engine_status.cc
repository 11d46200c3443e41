#include "daemon/engine_status.h"

#include <algorithm>
#include <cmath>

#include "daemon/runtime/glob.h"
#include "detectors/two_sample/psi.h"

namespace driftd {

namespace {

MethodStatus method_status(const Measure& measure) {
  MethodStatus status;
  status.method = measure.method;
  status.status = measure.score.status;
  status.statistic = measure.score.statistic;
  status.effect = measure.score.effect;
  status.log_p = measure.score.log_p;
  status.threshold = measure.threshold;
  status.threshold_ratio = measure.ratio;
  status.alarm = measure.alarm;
  status.before = measure.before;
  status.after = measure.after;
  return status;
}

// Of the test that judges by level; NaN where none does.
double detectable_effect(const MonitorPlan& plan, const Verdict& verdict) {
  const auto level = std::ranges::find(verdict.drift, Policy::kLevel, &Measure::policy);
  if (level == verdict.drift.end() || verdict.status != Status::kOk) return kNoNumber;
  return psi_detectable_effect(level->score, plan.log_alpha, plan.features[verdict.feature].min_effect);
}

FeatureStatus feature_status(const MonitorPlan& plan, const Verdict& verdict) {
  const FeaturePlan& feature = plan.features[verdict.feature];
  FeatureStatus status;
  status.name = feature.reference->name;
  status.segment = plan.segments[verdict.segment];
  status.kind = kind_name(feature.kind);
  status.numeric = feature.reference->type == FeatureType::kNumeric;
  status.status = verdict.status;
  status.reference_rows = verdict.reference_rows;
  status.rows = verdict.rows;
  status.reference_classes = verdict.reference_classes;
  status.classes = verdict.classes;
  status.out_of_range_ratio = verdict.out_of_range_ratio;
  status.unseen_ratio = verdict.unseen_ratio;
  status.ratio = worst_ratio(verdict.drift);
  status.log_p = verdict.log_p;
  for (const Measure& measure : verdict.drift) status.methods.push_back(method_status(measure));
  for (const Measure& measure : verdict.quality) status.quality.push_back(method_status(measure));
  for (const CellShare& cell : verdict.cells) status.cells.push_back({cell.label, cell.reference, cell.current, cell.contribution});
  return status;
}

void add_reference(const EnginePlan& plan, std::size_t monitor, MonitorStatus& status) {
  const Reference& reference = *plan.references[monitor];
  const MonitorConfig& config = plan.configs[monitor];
  status.name = config.name;
  status.stream = config.stream;
  status.reference_path = config.reference;
  status.reference_id = reference.id;
  status.reference_rows = reference.rows;
  status.reference_created_us = reference.created_us.value_or(kNoTime);
  status.window_rows = config.window.rows;
  if (status.window_rows == 0) status.window_us = plan.panes[monitor].window_us;
  if (plan.panes[monitor].advance_us < plan.panes[monitor].window_us) status.advance_us = plan.panes[monitor].advance_us;
  status.minimum_samples = config.window.min_samples.value_or(kMinSamplesNumeric);
  if (config.alerts.false_alarms) {
    status.false_alarm_interval_seconds =
        static_cast<double>(config.alerts.false_alarms->period.count()) / 1000 / config.alerts.false_alarms->count;
  }
}

// A part's window for each that the monitor's history shows; nullptr where it has none (yet).
std::vector<const MonitorHistory::Entry*> shown_windows(const MonitorHistory& history, const MonitorStatus& status) {
  std::map<std::int64_t, const MonitorHistory::Entry*> by_end;
  for (const auto& entry : history.entries) by_end.emplace(entry.end_us, &entry);
  std::vector<const MonitorHistory::Entry*> windows;
  for (const std::int64_t end : status.history_end_us) {
    const auto found = by_end.find(end);
    windows.push_back(found == by_end.end() ? nullptr : found->second);
  }
  return windows;
}

void add_features(const EngineMerger& engine, std::size_t monitor, const Judgement& last, MonitorStatus& status) {
  const auto windows = shown_windows(engine.history(monitor), status);
  for (std::size_t v = 0; v < last.verdicts.size(); ++v) {
    const Verdict& verdict = last.verdicts[v];
    const MonitorPlan& plan = engine.plan().monitors[monitor];
    FeatureStatus& feature = status.features.emplace_back(feature_status(plan, verdict));
    if (engine.plan().detailed) {
      feature.detectable_effect = detectable_effect(plan, verdict);
      feature.shows_bins = matches_any(engine.plan().configs[engine.plan().owners[monitor]].features.bins, feature.name);
    }
    feature.alert = engine.alerts(monitor).state(verdict.segment, verdict.feature);
    for (const auto* window : windows) {
      feature.ratio_history.push_back(window != nullptr && v < window->ratios.size() ? window->ratios[v] : kNoNumber);
    }
  }
}

void add_alerts(const MonitorAlerts& alerts, MonitorStatus& status) {
  for (const auto& [key, count] : alerts.transitions()) status.alert_transitions[key] += count;
  for (const auto& [reason, count] : alerts.suppressed()) status.alerts_suppressed[reason] += count;
  for (AlertStatus& alert : alerts.status()) status.alerts.push_back(std::move(alert));
}

void add_losses(const EngineMerger& engine, std::size_t losses, MonitorStatus& status) {
  const LabelJoin& join = *engine.join_of(losses);
  LabelStatus& labels = status.labels.emplace();
  labels.join_within_us = join.plan().join_within_us;
  labels.counters = join.counters();
  labels.pending_predictions = join.pending_predictions();
  add_alerts(engine.alerts(losses), status);
  const Judgement* last = engine.last_judgement(losses);
  if (last == nullptr) return;
  labels.window_start_us = last->start_us;
  labels.window_end_us = last->end_us;
  for (std::size_t s = 0; s < last->performance.size(); ++s) {
    const SegmentPerformance& performance = last->performance[s];
    labels.performance.push_back(
        {engine.plan().monitors[losses].segments[s], performance.predicted, performance.labelled, performance.values});
  }
  add_features(engine, losses, *last, status);
}

void add_window(const EngineMerger& engine, std::size_t monitor, const Judgement& last, MonitorStatus& status) {
  const MonitorPlan& plan = engine.plan().monitors[monitor];
  status.window_start_us = last.start_us;
  status.window_end_us = last.end_us;
  for (std::size_t s = 0; s < last.segment_rows.size(); ++s) status.window_samples[plan.segments[s]] = last.segment_rows[s];
  add_features(engine, monitor, last, status);
}

// Of the last windows, from end to end: what a window by count takes, the time without rows before it included.
std::int64_t mean_length(const MonitorHistory& history) {
  const std::size_t lengths = std::min(kLengthsOfMean, history.entries.size() - std::min<std::size_t>(history.entries.size(), 1));
  if (lengths == 0) return kNoTime;
  const auto last = history.entries.end() - 1;
  return (last->end_us - (last - static_cast<std::ptrdiff_t>(lengths))->end_us) / static_cast<std::int64_t>(lengths);
}

// Where labels are in the record itself, a loss says that they differ.
std::string loss_metric(const EnginePlan& plan, std::size_t monitor) {
  if (const std::uint32_t losses = plan.losses_of[monitor]; losses != kNoLosses) {
    return plan.monitors[losses].performance->task == Task::kRegression ? "mae" : "accuracy";
  }
  return std::ranges::count(plan.monitors[monitor].features, Kind::kPerformance, &FeaturePlan::kind) > 0 ? "accuracy" : "";
}

}  // namespace

void MonitorProgress::add(const ClosedWindow& closed, std::int64_t wall_us) {
  evaluated_wall_us = wall_us;
  evaluations.add(closed.took);
  for (const AlertTransition& transition : closed.transitions) {
    exemplars[{transition.severity, std::string(transition_name(transition.transition))}] = {transition.alert_id, wall_us};
  }
}

std::shared_ptr<const MonitorStatus> make_monitor_status(const EngineMerger& engine, std::size_t monitor, const MonitorProgress& progress) {
  auto status = std::make_shared<MonitorStatus>();
  add_reference(engine.plan(), monitor, *status);
  status->last_evaluation_wall_us = progress.evaluated_wall_us;
  status->evaluation_times = progress.evaluations;
  status->alert_exemplars = progress.exemplars;
  const MonitorHistory& history = engine.history(monitor);
  for (std::size_t i = 0; i < kClosedByNames.size(); ++i) status->windows_closed.emplace(kClosedByNames[i], history.windows_closed[i]);
  if (status->window_rows > 0) status->window_us = mean_length(history);
  status->evaluations = {{"ok", history.evaluations_ok}, {"insufficient", history.evaluations_insufficient}};
  for (const auto& entry : history.entries) {
    status->history_end_us.push_back(entry.end_us);
    status->history_rows.push_back(entry.rows);
  }
  status->loss_metric = loss_metric(engine.plan(), monitor);
  add_alerts(engine.alerts(monitor), *status);
  if (const Judgement* last = engine.last_judgement(monitor)) add_window(engine, monitor, *last, *status);
  if (const std::uint32_t losses = engine.plan().losses_of[monitor]; losses != kNoLosses) add_losses(engine, losses, *status);
  return status;
}

PartitionStatus make_partition_status(const EnginePlan& plan, const TopicPartition& id, const PartitionCounters& counters, bool idle) {
  PartitionStatus status;
  status.id = id;
  status.stream = plan.streams[plan.stream_of_topic.at(id.topic)].config.name;
  status.next_offset = counters.next_offset;
  status.watermark_us = counters.watermark_us;
  status.last_record_us = counters.last_record_us;
  status.idle = idle;
  status.records = counters.records;
  status.bytes = counters.bytes;
  status.rows = counters.rows;
  status.late = counters.late;
  status.lost = counters.lost;
  status.skipped = counters.skipped;
  std::copy(counters.rejected.begin(), counters.rejected.end(), status.rejected);
  return status;
}

}  // namespace driftd
