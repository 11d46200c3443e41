// A whole engine for tests: one monitor over a numeric feature, a category and the error of a model; records as JSON text.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "daemon/engine_merger.h"
#include "daemon/engine_plan.h"
#include "daemon/engine_shard.h"

namespace driftd::engine_fixture {

inline FeatureReference numeric_feature(std::string name, std::vector<double> values) {
  std::sort(values.begin(), values.end());
  std::vector<ValueCount> counts;
  for (const double value : values) {
    if (counts.empty() || counts.back().value != value) counts.push_back({value, 0});
    ++counts.back().count;
  }
  FeatureReference feature;
  feature.name = std::move(name);
  feature.numeric = freeze_numeric_cells(counts, true);
  feature.min = values.front();
  feature.max = values.back();
  const auto at = [&](double q) {
    return values[std::min(values.size() - 1, static_cast<std::size_t>(q * static_cast<double>(values.size())))];
  };
  feature.q0001 = feature.q001 = at(0.001);
  feature.q25 = at(0.25);
  feature.q75 = at(0.75);
  feature.q999 = feature.q9999 = at(0.999);
  for (const double value : values) feature.mean += value / static_cast<double>(values.size());
  for (const double value : values)
    feature.standard_deviation += (value - feature.mean) * (value - feature.mean) / static_cast<double>(values.size());
  feature.standard_deviation = std::sqrt(feature.standard_deviation);
  feature.zero_one = counts.size() == 2 && counts[0].value == 0 && counts[1].value == 1;
  FeatureCounts all;
  all.cells.assign(feature.numeric.size(), 0);
  for (const double value : values) ++all.cells[feature.numeric.cell(value)];
  all.classes[0] = values.size();
  feature.segments = {all};
  return feature;
}

inline FeatureReference category_feature(std::string name, const std::map<std::string, std::uint64_t>& counts) {
  FeatureReference feature;
  feature.name = std::move(name);
  feature.type = FeatureType::kCategorical;
  std::vector<std::pair<std::string, std::uint64_t>> ordered(counts.begin(), counts.end());
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  FeatureCounts all;
  for (const auto& [value, count] : ordered) {
    feature.categories.dictionary.push_back(value);
    feature.categories.known_hashes.push_back(hash_category(value));
    all.cells.push_back(count);
    all.classes[0] += count;
  }
  std::sort(feature.categories.known_hashes.begin(), feature.categories.known_hashes.end());
  all.cells.resize(feature.categories.size(), 0);
  feature.segments = {all};
  return feature;
}

inline std::shared_ptr<const Reference> make_reference() {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal(100, 10);
  std::vector<double> amounts, errors;
  for (int i = 0; i < 20'000; ++i) {
    amounts.push_back(std::round(normal(random) * 100) / 100);
    errors.push_back(i % 5 == 0 ? 1 : 0);
  }
  auto reference = std::make_shared<Reference>();
  reference->id = "abcdef012345";
  reference->rows = 20'000;
  reference->prediction_column = "predicted";
  reference->label_column = "label";
  reference->features = {numeric_feature("amount", amounts), category_feature("country", {{"DE", 12'000}, {"FR", 6'000}, {"IT", 2'000}}),
                         numeric_feature("error", errors)};
  reference->segment_rows = {20'000};
  return reference;
}

inline Config make_config() {
  Config config;
  config.hash = "c0ffee012345";
  StreamConfig stream;
  stream.name = "t";
  stream.topics = {"t"};
  stream.fields.event_time = "at";
  stream.fields.prediction = "predicted";
  stream.fields.label = "label";
  stream.time.lateness = Milliseconds(5'000);
  stream.on_error.action = OnError::kDeadLetter;
  stream.on_error.topic = "dead";
  config.streams = {stream};
  MonitorConfig monitor;
  monitor.name = "m";
  monitor.stream = "t";
  monitor.window.every = Milliseconds(60'000);
  monitor.detectors = {{"adwin", std::nullopt, {"error"}, {}}};
  config.monitors = {monitor};
  config.alert_sinks.kafka_enabled = true;
  config.alert_sinks.kafka_topic = "events";
  config.alert_sinks.kafka_windows = true;
  return config;
}

// Labels of the monitor's predictions on topic `l`, within 30 s; ids in `id` on both sides.
inline void join_labels(Config& config, MonitorConfig& monitor) {
  config.streams[0].fields.event_id = "id";
  StreamConfig labels;
  labels.name = "l";
  labels.topics = {"l"};
  labels.fields.event_time = "at";
  labels.fields.event_id = "id";
  labels.fields.label = "y";
  labels.time.lateness = Milliseconds(2'000);
  config.streams.push_back(labels);
  monitor.labels = {"l", "l", "id", "y", "at", Milliseconds(30'000)};
}

inline std::unique_ptr<const EnginePlan> make_plan(const WindowConfig& window = make_config().monitors[0].window) {
  Config config = make_config();
  config.monitors[0].window = window;
  auto plan = make_engine_plan(config, {make_reference()});
  return std::move(*plan);
}

// Records of one partition, a row every 100 ms of event time; after `drift_from` the amount is shifted, a country is new, the model errs.
// One in fifty is not JSON.
inline std::vector<std::string> make_records(std::uint64_t seed, std::size_t count, std::size_t drift_from) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(100, 10);
  std::vector<std::string> records;
  for (std::size_t i = 0; i < count; ++i) {
    const bool drifted = i >= drift_from;
    if (random() % 50 == 0) {
      records.push_back("{not json");
      continue;
    }
    const std::uint64_t pick = random() % 10;
    const char* country = drifted && pick < 3 ? "XX" : pick < 6 ? "DE" : pick < 9 ? "FR" : "IT";
    const bool wrong = random() % 10 < (drifted ? 6U : 2U);
    const std::int64_t jitter = static_cast<std::int64_t>(random() % 3000);
    records.push_back("{\"at\": " + std::to_string(1'700'000'000'000 + static_cast<std::int64_t>(i) * 100 - jitter) +
                      ", \"amount\": " + std::to_string(normal(random) + (drifted ? 15 : 0)) + ", \"country\": \"" + country +
                      "\", \"predicted\": 1, \"label\": " + (wrong ? "0" : "1") + "}");
  }
  return records;
}

inline MessageBatch make_messages(std::uint32_t partition, const std::vector<std::string>& records, std::size_t from, std::size_t to) {
  MessageBatch batch;
  batch.source_partition = partition;
  for (std::size_t i = from; i < to; ++i) batch.messages.push_back({static_cast<std::int64_t>(i), kNoTime, records[i], {}, false});
  return batch;
}

// The state after 6,000 records of each of two partitions, with a drift in the second half.
inline Snapshot make_snapshot(std::uint64_t generation = 7) {
  const auto plan = make_plan();
  EngineShard shard(*plan);
  EngineMerger merger(*plan);
  for (std::uint32_t p = 0; p < 2; ++p) {
    const TopicPartition id{"t", static_cast<std::int32_t>(p)};
    shard.add_partition(p, id, 0, {});
    merger.add_partition(p, id);
  }
  for (std::uint32_t p = 0; p < 2; ++p) {
    const auto records = make_records(40 + p, 6000, 3000);
    ShardOutput output;
    shard.consume(make_messages(p, records, 0, records.size()), output);
    merger.apply(std::move(output));
  }
  ShardOutput idle;
  shard.idle(1, {}, idle);
  merger.apply(std::move(idle));
  Snapshot snapshot;
  snapshot.generation = generation;
  for (auto& [id, state] : shard.save()) snapshot.sections.push_back(save_partition_section(id, std::move(state)));
  merger.save(snapshot);
  return snapshot;
}

}  // namespace driftd::engine_fixture
