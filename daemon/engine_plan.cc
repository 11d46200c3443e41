#include "daemon/engine_plan.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "config/print.h"
#include "daemon/engine_labels.h"
#include "daemon/runtime/glob.h"
#include "daemon/runtime/json_writer.h"
#include "daemon/runtime/segment_key.h"
#include "daemon/runtime/version.h"
#include "detectors/sequential/ddm.h"

namespace driftd {

namespace {

std::int64_t microseconds(Milliseconds duration) { return std::chrono::duration_cast<std::chrono::microseconds>(duration).count(); }

// Slots of one stream, unique by (path, type).
class SlotTable {
 public:
  explicit SlotTable(std::vector<Slot>& slots) : slots_(slots) {}
  std::uint32_t add(const std::string& path, SlotType type) {
    std::uint32_t column = 0;
    for (std::uint32_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].type != type) continue;
      if (slots_[i].path == path) return i;
      ++column;
    }
    slots_.push_back({path, type, column, {}});
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }

 private:
  std::vector<Slot>& slots_;
};

// What of a monitor is compiled: its features, or the losses of its predictions, whose labels come later and on a topic of their own.
enum class Part : std::uint8_t { kFeatures, kLosses };

// Builds one part of a monitor; the order of its features is that of the reference: by name.
class MonitorCompiler {
 public:
  MonitorCompiler(const Config& config, const MonitorConfig& monitor, const Reference& reference, StreamPlan& stream, Part part)
      : config_(config), monitor_(monitor), reference_(reference), stream_(stream), part_(part), slots_(stream.decode.slots) {}
  // Features of the monitor's other part: all of them share its budget of false alarms.
  void share_level_with(std::size_t features) { other_features_ = features; }

  std::expected<void, std::string> compile() {
    part_ == Part::kFeatures ? choose_features() : choose_losses();
    if (features_.empty() && part_ == Part::kFeatures)
      return std::unexpected("monitor '" + monitor_.name + "': no column of its reference is left to be monitored");
    if (auto problem = compile_segments(); !problem.empty()) return std::unexpected(std::move(problem));
    compile_times();
    if (auto problem = compile_level(); !problem.empty()) return std::unexpected(std::move(problem));
    for (const FeatureReference* feature : features_) compile_feature(*feature);
    compile_alerts();
    panes.state_key = state_key();
    return {};
  }

  PanePlan panes;
  MonitorPlan plan;
  AlertPlan alerts;
  std::unique_ptr<const FeatureReference> made_losses;  // where the reference has none
  std::vector<std::string> warnings;

 private:
  void choose_features();
  void choose_losses();
  bool joins_labels() const { return driftd::joins_labels(monitor_); }
  std::string compile_segments();
  void compile_times();
  std::string compile_level();
  void compile_feature(const FeatureReference& feature);
  void compile_field(const FeatureReference& feature, FieldPlan& field);
  void add_detectors(const FeatureReference& feature, FeaturePlan& judged, FieldPlan& field);
  void compile_alerts();
  std::vector<std::shared_ptr<const FeatureCounts>> segment_counts(const FeatureReference& feature) const;
  void write_topics(JsonWriter& json) const;
  std::string state_key() const;
  bool is_derived_error(const FeatureReference& feature) const {
    return feature.name == kErrorFeature && !reference_.prediction_column.empty() && !reference_.label_column.empty();
  }
  Kind kind_of(const FeatureReference& feature) const {
    if (part_ == Part::kLosses || is_derived_error(feature)) return Kind::kPerformance;
    return feature.name == stream_.decode.fields.prediction ? Kind::kPrediction : Kind::kDrift;
  }
  double min_effect_of(const FeatureReference& feature) const {
    if (monitor_.alerts.min_effect) return *monitor_.alerts.min_effect;
    return feature.zero_one ? 0.02 : 0.1;
  }

  const Config& config_;
  const MonitorConfig& monitor_;
  const Reference& reference_;
  StreamPlan& stream_;
  Part part_;
  std::size_t other_features_ = 0;
  SlotTable slots_;
  std::vector<const FeatureReference*> features_;
  std::vector<std::optional<std::uint32_t>> reference_segment_;  // all and the declared ones: index in the reference
  bool has_other_ = false;                                       // the reference knows what is beyond the declared ones
};

void MonitorCompiler::choose_features() {
  for (const FeatureReference& feature : reference_.features) {
    if (!matches_any(monitor_.features.include, feature.name) || matches_any(monitor_.features.exclude, feature.name)) continue;
    // Labels on a topic of their own are no column of the predictions.
    if (joins_labels() && (is_derived_error(feature) || feature.name == reference_.label_column)) continue;
    features_.push_back(&feature);
  }
  if (joins_labels()) return;
  const auto& fields = stream_.decode.fields;
  const bool has_error = std::any_of(features_.begin(), features_.end(), [&](const auto* f) { return is_derived_error(*f); });
  if (!has_error && (fields.prediction.empty() || fields.label.empty())) {
    warnings.push_back("monitor '" + monitor_.name + "': no prediction and label fields: data drift is watched, concept drift is not");
  } else if (!has_error) {
    warnings.push_back("monitor '" + monitor_.name +
                       "': its reference has no `error` counts (build it with --prediction and --label): concept drift is not watched");
  }
}

void MonitorCompiler::choose_losses() {
  const FeatureReference* losses = reference_.find(kErrorFeature);
  const PerformanceRule rule = performance_rule(monitor_, reference_);
  if (losses != nullptr && is_derived_error(*losses) && reference_.answers == rule) {
    features_.push_back(losses);
    return;
  }
  warnings.push_back(
      "monitor '" + monitor_.name +
      "': its reference has no losses of this task (build it with --prediction, --label and --task): measures and sequential "
      "detectors only");
  if (rule.task == Task::kRegression) return;
  made_losses = unknown_losses();
  features_.push_back(made_losses.get());
}

std::string MonitorCompiler::compile_segments() {
  plan.segments = {"all"};
  reference_segment_ = {made_losses == nullptr ? std::optional(0U) : std::nullopt};
  const auto& by = monitor_.segments.by;
  if (by.empty()) return {};
  std::vector<std::pair<std::string, std::vector<std::uint64_t>>> declared{{"", {}}};
  for (const std::string& column : by) {
    const std::uint32_t slot = slots_.add(column, SlotType::kCategorical);
    panes.segments.columns.push_back(stream_.decode.slots[slot].column);
    const auto values = monitor_.segments.values.find(column);
    if (values == monitor_.segments.values.end())
      return "monitor '" + monitor_.name + "': segments.values has no values for '" + column + "'";
    std::vector<std::pair<std::string, std::vector<std::uint64_t>>> next;
    for (const auto& [key, hashes] : declared) {
      for (const std::string& value : values->second) {
        auto combined = hashes;
        combined.push_back(hash_category(value));
        std::string longer = key;
        append_segment(longer, column, value);
        next.emplace_back(std::move(longer), std::move(combined));
      }
    }
    declared = std::move(next);
  }
  const bool has_counts = reference_.segment_by == by && made_losses == nullptr;
  if (reference_.segment_by != by && part_ == Part::kFeatures) {
    warnings.push_back("monitor '" + monitor_.name +
                       "': its reference has no counts by these segments (build it with --segment-by): they stay insufficient");
  }
  for (auto& [key, hashes] : declared) {
    panes.segments.declared.push_back(std::move(hashes));
    const auto found = std::find(reference_.segments.begin(), reference_.segments.end(), key);
    const bool known = has_counts && found != reference_.segments.end();
    reference_segment_.push_back(known ? std::optional(static_cast<std::uint32_t>(found - reference_.segments.begin() + 1)) : std::nullopt);
    plan.segments.push_back(std::move(key));
  }
  plan.segments.push_back("__other__");
  has_other_ = has_counts;
  return {};
}

void MonitorCompiler::compile_times() {
  panes.joined = part_ == Part::kLosses;
  const WindowConfig& window = monitor_.window;
  panes.window_us = microseconds(window.every);
  panes.advance_us = microseconds(window.step());
  panes.pane_us = std::gcd(panes.window_us, panes.advance_us);
  panes.window_rows = window.rows;
  panes.lateness_us = microseconds(stream_.config.time.lateness);
  panes.idle_close_us = microseconds(window.idle_close);
}

// alpha = N * step / (T * S * F * k), k = 2: distribution and quality (decision 21). The step is what two windows end apart: by
// time window or advance; by count at least one pane, however fast rows come, so that the level holds without knowing their rate.
std::string MonitorCompiler::compile_level() {
  if (!monitor_.alerts.false_alarms) return {};
  const FalseAlarms& wish = *monitor_.alerts.false_alarms;
  const double per_window = wish.count * static_cast<double>(monitor_.window.step().count()) / static_cast<double>(wish.period.count());
  if (per_window >= 1) {
    return "monitor '" + monitor_.name +
           "': false_alarms allows one or more a window: windows so far apart cannot be judged so; lengthen its period or shorten "
           "window." +
           (monitor_.window.advance ? "advance" : "every");
  }
  const double tests = static_cast<double>(plan.segments.size()) * static_cast<double>(features_.size() + other_features_) * 2;
  plan.log_alpha = std::log(per_window / tests);
  return {};
}

void MonitorCompiler::compile_field(const FeatureReference& feature, FieldPlan& field) {
  const bool numeric = feature.type == FeatureType::kNumeric;
  if (part_ == Part::kLosses || is_derived_error(feature)) {
    field.from = FieldSource::kError;
  } else {
    field.from = numeric ? FieldSource::kNumeric : FieldSource::kCategory;
    field.slot = slots_.add(feature.name, numeric ? SlotType::kNumeric : SlotType::kCategorical);
    field.column = stream_.decode.slots[field.slot].column;
  }
  field.cells_id = reference_.id + '/' + feature.name;
  field.first_cell = panes.cells;
  field.cell_count = static_cast<std::uint32_t>(feature.cell_count());
  panes.cells += field.cell_count;
  if (numeric) {
    field.kernel = CellKernel(feature.numeric);
    field.min = feature.min;
    field.max = feature.max;
  } else {
    field.categories = CategoryIndex(feature.categories);
    Slot& slot = stream_.decode.slots[field.slot];
    const auto& known = feature.categories.known_hashes;
    std::vector<std::uint64_t> both;
    std::set_intersection(slot.known_hashes.begin(), slot.known_hashes.end(), known.begin(), known.end(), std::back_inserter(both));
    if (slot.known_hashes.empty()) both = known;
    slot.known_hashes = std::move(both);
    // An empty list would mean "report nothing"; no category hashes to 0 in practice, so this one means "report everything".
    if (slot.known_hashes.empty()) slot.known_hashes.push_back(0);
  }
}

// `__other__` is what all rows have beyond the declared segments.
FeatureCounts other_counts(const std::vector<std::shared_ptr<const FeatureCounts>>& segments) {
  FeatureCounts other = *segments.front();
  for (std::size_t s = 1; s < segments.size(); ++s) {
    if (segments[s] == nullptr) continue;
    for (std::size_t i = 0; i < other.cells.size(); ++i) other.cells[i] -= segments[s]->cells[i];
    for (std::size_t i = 0; i < kValueClasses; ++i) other.classes[i] -= segments[s]->classes[i];
  }
  return other;
}

std::vector<std::shared_ptr<const FeatureCounts>> MonitorCompiler::segment_counts(const FeatureReference& feature) const {
  std::vector<std::shared_ptr<const FeatureCounts>> counts;
  for (const auto& index : reference_segment_) {
    counts.push_back(index ? std::make_shared<const FeatureCounts>(feature.segments[*index]) : nullptr);
  }
  if (counts.size() == plan.segments.size()) return counts;
  counts.push_back(has_other_ ? std::make_shared<const FeatureCounts>(other_counts(counts)) : nullptr);
  return counts;
}

void MonitorCompiler::add_detectors(const FeatureReference& feature, FeaturePlan& judged, FieldPlan& field) {
  for (const DetectorConfig& detector : monitor_.detectors) {
    if (detector.threshold) {
      judged.fixed.emplace(detector.name, *detector.threshold);
    } else if (feature.type == FeatureType::kNumeric && matches_any(detector.fields, feature.name)) {
      if (detector.name == Ddm::kSpec.name && !feature.zero_one) {
        warnings.push_back("monitor '" + monitor_.name + "': ddm watches errors of 0 and 1; '" + feature.name +
                           "' has other values and is left out");
        continue;
      }
      judged.sequential.push_back({detector.name, detector.params});
      field.keep_values = true;
    }
  }
}

void MonitorCompiler::compile_feature(const FeatureReference& feature) {
  FieldPlan field;
  compile_field(feature, field);
  FeaturePlan judged;
  judged.reference = &feature;
  judged.kind = kind_of(feature);
  judged.min_effect = min_effect_of(feature);
  judged.first_cell = field.first_cell;
  judged.segments = segment_counts(feature);
  add_detectors(feature, judged, field);
  panes.fields.push_back(std::move(field));
  plan.features.push_back(std::move(judged));
}

void MonitorCompiler::compile_alerts() {
  plan.name = part_ == Part::kFeatures ? monitor_.name : monitor_.name + "/performance";
  if (part_ == Part::kLosses) plan.performance = performance_rule(monitor_, reference_);
  plan.reference = &reference_;
  plan.min_samples = monitor_.window.min_samples;
  plan.quality = monitor_.quality;
  plan.clear_ratio = monitor_.alerts.fixed.clear_ratio;
  alerts.monitor = monitor_.name;
  alerts.window_subject = plan.name;
  alerts.config = monitor_.alerts;
  alerts.alpha = std::exp(plan.log_alpha);
  alerts.reference_id = reference_.id;
  alerts.reference_rows = reference_.rows;
  alerts.reference_created_us = reference_.created_us.value_or(kNoTime);
  alerts.config_hash = hash_of(config_, monitor_);
  alerts.version = version();
  alerts.links = {config_.http.external_url, config_.alert_sinks.links.grafana, config_.alert_sinks.links.runbooks};
  alerts.topic = config_.alert_sinks.kafka_enabled ? config_.alert_sinks.kafka_topic : "";
  alerts.segments = plan.segments;
  for (const FeaturePlan& feature : plan.features) {
    alerts.features.push_back(
        {feature.reference->name, feature.reference->type == FeatureType::kNumeric, feature.kind, feature.min_effect});
  }
}

void MonitorCompiler::write_topics(JsonWriter& json) const {
  std::vector<std::string> topics = stream_.config.topics;
  std::ranges::sort(topics);
  json.key("topics").begin_array();
  for (const std::string& topic : topics) json.string(topic);
  json.end_array();
}

// Everything that changes a statistic, and nothing else: a change of alerts keeps the state (decision 12).
std::string MonitorCompiler::state_key() const {
  JsonWriter json;
  const auto& fields = stream_.decode.fields;
  json.begin_object().field("monitor", plan.name).field("reference", reference_.id);
  write_topics(json);
  json.field("window_us", panes.window_us).field("advance_us", panes.advance_us).field("rows", panes.window_rows);
  json.field("lateness_us", panes.lateness_us);
  json.field("event_time", fields.event_time).field("unit", static_cast<std::uint64_t>(fields.event_time_unit));
  json.field("prediction", fields.prediction).field("label", fields.label);
  json.key("segments").begin_array();
  for (const std::string& segment : plan.segments) json.string(segment);
  json.end_array().key("features").begin_array();
  for (const FeaturePlan& feature : plan.features) {
    json.begin_object().field("name", feature.reference->name).key("sequential").begin_array();
    for (const SequentialPlan& detector : feature.sequential) {
      json.begin_object().field("name", detector.name);
      for (const auto& [name, value] : detector.params) json.field(name, value);
      json.end_object();
    }
    json.end_array().end_object();
  }
  json.end_array();
  if (part_ == Part::kLosses) write_join(monitor_, performance_rule(monitor_, reference_), json);
  json.end_object();
  return plan.name + '/' + std::to_string(XXH3_64bits(json.text().data(), json.text().size()));
}

StreamPlan make_stream(const Config& config, const StreamConfig& stream) {
  StreamPlan plan;
  plan.config = stream;
  plan.decode.format = stream.format;
  plan.decode.fields = stream.fields;
  plan.decode.max_future_us = microseconds(stream.time.max_future);
  plan.decode.max_payload_bytes = config.engine.max_payload_bytes;
  return plan;
}

// What the configuration leaves open, the reference knows: the columns it was built with, and how they compare. Labels on a topic of their
// own are no field of the predictions.
std::string take_fields(const MonitorConfig& monitor, const Reference& reference, DecodePlan& decode) {
  StreamConfig::Fields& fields = decode.fields;
  if (fields.prediction.empty()) fields.prediction = reference.prediction_column;
  if (!monitor.labels.topic.empty()) return {};
  if (fields.label.empty()) fields.label = reference.label_column;
  if (!reference.answers) return {};
  if (decode.answers && decode.answers != reference.answers) {
    return "monitor '" + monitor.name +
           "': its reference compares prediction and label otherwise than that of another monitor of stream '" + monitor.stream +
           "'; set the same performance.task and threshold for both";
  }
  decode.answers = reference.answers;
  return {};
}

// Builds the plan of all monitors, one after the other.
class EngineCompiler {
 public:
  EngineCompiler(const Config& config, EnginePlan& plan) : config_(config), plan_(plan) {}

  std::expected<void, std::string> compile() {
    std::string problems;
    for (std::uint32_t m = 0; m < config_.monitors.size(); ++m) {
      if (auto added = add_features(m); !added) problems += (problems.empty() ? "" : "\n") + added.error();
    }
    if (!problems.empty()) return std::unexpected(std::move(problems));
    for (std::uint32_t m = 0; m < config_.monitors.size(); ++m) {
      if (!joins_labels(config_.monitors[m])) continue;
      if (auto added = add_losses(m); !added) return added;
    }
    connect();
    return {};
  }

 private:
  StreamPlan* find_stream(const std::string& name) {
    const auto found = std::ranges::find(plan_.streams, name, [](const StreamPlan& stream) { return stream.config.name; });
    return found == plan_.streams.end() ? nullptr : &*found;
  }
  std::expected<void, std::string> add_features(std::uint32_t m);
  std::expected<void, std::string> add_losses(std::uint32_t m);
  void add(std::uint32_t owner, MonitorCompiler compiled, const StreamPlan& stream);
  void connect();

  const Config& config_;
  EnginePlan& plan_;
};

std::expected<void, std::string> EngineCompiler::add_features(std::uint32_t m) {
  const MonitorConfig& monitor = config_.monitors[m];
  StreamPlan* const stream = find_stream(monitor.stream);
  if (stream == nullptr) return std::unexpected("monitor '" + monitor.name + "': no stream '" + monitor.stream + "'");
  if (auto problem = take_fields(monitor, *plan_.references[m], stream->decode); !problem.empty()) return std::unexpected(problem);
  MonitorCompiler compiler(config_, monitor, *plan_.references[m], *stream, Part::kFeatures);
  compiler.share_level_with(joins_labels(monitor) ? 1 : 0);
  if (auto compiled = compiler.compile(); !compiled) return compiled;
  add(m, std::move(compiler), *stream);
  return {};
}

std::expected<void, std::string> EngineCompiler::add_losses(std::uint32_t m) {
  const MonitorConfig& monitor = config_.monitors[m];
  StreamPlan *const predictions = find_stream(monitor.stream), *const labels = find_stream(monitor.labels.stream);
  if (labels == nullptr) return std::unexpected("monitor '" + monitor.name + "': no stream '" + monitor.labels.stream + "'");
  if (predictions->decode.fields.prediction.empty()) {
    return std::unexpected("monitor '" + monitor.name + "': labels are compared with a prediction: set fields.prediction of stream '" +
                           monitor.stream + "', or build the reference with --prediction");
  }
  predictions->decode.keep_answers = labels->decode.keep_answers = true;
  const auto index = static_cast<std::uint32_t>(plan_.panes.size());
  plan_.losses_of[m] = index;
  plan_.references.push_back(plan_.references[m]);
  MonitorCompiler compiler(config_, monitor, *plan_.references[m], *predictions, Part::kLosses);
  compiler.share_level_with(plan_.monitors[m].features.size());
  if (auto compiled = compiler.compile(); !compiled) return compiled;
  plan_.joins.push_back(make_label_join(monitor, *plan_.references[m], compiler.panes, config_.engine.max_pending_labels));
  LabelJoinPlan& join = *plan_.joins.back();
  join.monitor = index;
  join.predictions.stream = static_cast<std::uint32_t>(predictions - plan_.streams.data());
  join.labels.stream = static_cast<std::uint32_t>(labels - plan_.streams.data());
  join.labels.lateness_us = microseconds(labels->config.time.lateness);
  add(m, std::move(compiler), *predictions);
  return {};
}

void EngineCompiler::add(std::uint32_t owner, MonitorCompiler compiled, const StreamPlan& stream) {
  plan_.owners.push_back(owner);
  compiled.panes.stream = static_cast<std::uint32_t>(&stream - plan_.streams.data());
  plan_.panes.push_back(std::move(compiled.panes));
  plan_.monitors.push_back(std::move(compiled.plan));
  plan_.alerts.push_back(std::move(compiled.alerts));
  if (compiled.made_losses) plan_.made_losses.push_back(std::move(compiled.made_losses));
  for (auto& warning : compiled.warnings) plan_.warnings.push_back(std::move(warning));
}

// What stage 1 does for whom, once no plan moves any more.
void EngineCompiler::connect() {
  for (std::uint32_t m = 0; m < config_.monitors.size(); ++m) plan_.streams[plan_.panes[m].stream].monitors.push_back({m, &plan_.panes[m]});
  for (const auto& join : plan_.joins) {
    for (const PanePlan* rows : {&join->predictions, &join->labels}) plan_.streams[rows->stream].monitors.push_back({join->monitor, rows});
  }
}

}  // namespace

std::expected<std::unique_ptr<const EnginePlan>, std::string> make_engine_plan(const Config& config,
                                                                               std::vector<std::shared_ptr<const Reference>> references,
                                                                               const std::map<std::string, CsvLayout>& csv) {
  auto plan = std::make_unique<EnginePlan>();
  plan->references = std::move(references);
  plan->configs = config.monitors;
  plan->config_hash = config.hash;
  plan->losses_of.assign(config.monitors.size(), kNoLosses);
  plan->detailed = config.metrics.level == MetricsLevel::kDetailed;
  plan->pushes = push_plans(config.alert_sinks);
  plan->windows_to_kafka = config.alert_sinks.kafka_enabled && config.alert_sinks.kafka_windows;
  for (const StreamConfig& stream : config.streams) {
    for (const std::string& topic : stream.topics) plan->stream_of_topic.emplace(topic, plan->streams.size());
    plan->streams.push_back(make_stream(config, stream));
    const auto layout = csv.find(stream.topics.front());
    if (layout == csv.end()) continue;
    plan->streams.back().decode.csv_header = layout->second.header;
    plan->streams.back().decode.csv_delimiter = layout->second.delimiter;
  }
  if (auto compiled = EngineCompiler(config, *plan).compile(); !compiled) return std::unexpected(compiled.error());
  return plan;
}

}  // namespace driftd
