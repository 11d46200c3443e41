#include "tests/bench/engine_fixture.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <stdexcept>

namespace driftd::bench {
namespace {

constexpr const char* kPrediction = "risk";

FeatureReference numeric_feature(const std::string& name, std::uint64_t seed) {
  FeatureReference feature;
  feature.name = name;
  feature.numeric = make_cells(255, seed);
  feature.min = feature.numeric.edges.front();
  feature.max = feature.numeric.edges.back();
  feature.distinct = 1000;
  return feature;
}

// The reference knows every segment, as one that was built from such rows does.
FeatureReference segment_feature(std::size_t segments) {
  std::vector<std::string> names;
  for (std::size_t s = 0; s < segments; ++s) names.push_back(segment_name(s));
  std::vector<CategoryCount> counts;
  for (const std::string& name : names) counts.push_back({name, kDictionaryMinCount});
  FeatureReference feature;
  feature.name = "segment";
  feature.type = FeatureType::kCategorical;
  feature.categories = freeze_categories(counts);
  return feature;
}

void follow_predictions(Config& config, MonitorConfig& monitor, bool with_labels) {
  config.streams[0].fields.event_id = "id";
  config.streams[0].fields.prediction = kPrediction;
  config.streams[0].time.lateness = Milliseconds{0};
  monitor.window.every = Milliseconds{10'000};
  monitor.performance.task = TaskChoice::kRegression;
  if (!with_labels) return;
  StreamConfig& labels = config.streams.emplace_back();
  labels.name = kLabelTopic;
  labels.topics = {kLabelTopic};
  labels.fields.event_time = "ts";
  labels.fields.event_id = "id";
  labels.fields.label = "y";
  labels.time.lateness = Milliseconds{0};
  monitor.labels = {kLabelTopic, kLabelTopic, "id", "y", "ts", Milliseconds{2 * kLabelDelayMs}};
}

std::shared_ptr<const Reference> make_reference(const Fixture& fixture) {
  auto reference = std::make_shared<Reference>();
  reference->id = "bench";
  reference->rows = 100'000;
  reference->prediction_column = kPrediction;
  std::uint64_t seed = 0;
  for (const std::string& name : feature_names(fixture.features)) reference->features.push_back(numeric_feature(name, seed++));
  reference->features.push_back(segment_feature(fixture.segments));
  std::ranges::sort(reference->features, {}, &FeatureReference::name);
  for (FeatureReference& feature : reference->features) {
    FeatureCounts& all = feature.segments.emplace_back();
    all.cells.assign(feature.cell_count(), reference->rows / feature.cell_count());
    all.classes[static_cast<std::size_t>(ValueClass::kValid)] = reference->rows;
  }
  return reference;
}

}  // namespace

std::vector<std::string> label_records(const std::vector<std::string>& records) {
  std::vector<std::string> labels;
  simdjson::dom::parser parser;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const simdjson::dom::element row = parser.parse(records[i]);
    labels.push_back(fmt::format(R"({{"ts":{},"id":"{}","y":{:.6f}}})", std::int64_t(row["ts"]) + kLabelDelayMs,
                                 std::string_view(row["id"]), static_cast<double>(i % 1000) / 1000));
  }
  return labels;
}

std::unique_ptr<const EnginePlan> make_engine(const Fixture& fixture, const std::string& topic, const EngineShape& shape) {
  Config config;
  StreamConfig& stream = config.streams.emplace_back();
  stream.name = topic;
  stream.topics = {topic};
  if (!shape.by_record_time) stream.fields.event_time = "ts";
  stream.format = shape.format;
  const std::shared_ptr<const Reference> reference = make_reference(fixture);
  std::vector<std::shared_ptr<const Reference>> references;
  for (std::size_t i = 0; i < shape.monitors; ++i) {
    MonitorConfig& monitor = config.monitors.emplace_back();
    monitor.name = "bench" + std::to_string(i);
    monitor.stream = topic;
    // One window holds all records: they are read again and again, and none may come late.
    monitor.window.every = Milliseconds{shape.by_record_time ? 60'000 : 3'600'000};
    if (shape.predictions) follow_predictions(config, monitor, shape.labels);
    references.push_back(reference);
    if (!shape.by_segment) continue;
    monitor.segments.by = {"segment"};
    for (std::size_t s = 0; s < fixture.segments; ++s) monitor.segments.values["segment"].push_back(segment_name(s));
  }
  auto plan = make_engine_plan(config, references);
  if (!plan) throw std::runtime_error(plan.error());
  return std::move(*plan);
}

}  // namespace driftd::bench
