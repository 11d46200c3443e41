// An engine small enough to be made for every input: two features of few cells, errors in the row, and a second monitor whose labels
// come on a topic of their own.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/daemon/engine_fixture.h"

namespace driftd::fuzz {

inline constexpr std::int64_t kStartMs = 1'700'000'000'000;

inline std::shared_ptr<const Reference> small_reference() {
  auto reference = std::make_shared<Reference>();
  reference->id = "abcdef012345";
  reference->rows = 40;
  reference->prediction_column = "predicted";
  reference->label_column = "label";
  reference->answers = PerformanceRule{Task::kBinary, 0.5, false};
  std::vector<double> amounts, errors;
  for (int i = 0; i < 40; ++i) {
    amounts.push_back(i % 8);
    errors.push_back(i % 5 == 0 ? 1 : 0);
  }
  reference->features = {engine_fixture::numeric_feature("amount", amounts),
                         engine_fixture::category_feature("country", {{"DE", 20}, {"FR", 12}, {"IT", 8}}),
                         engine_fixture::numeric_feature("error", errors)};
  reference->segment_rows = {40};
  return reference;
}

inline Config small_config() {
  Config config = engine_fixture::make_config();
  MonitorConfig late = config.monitors[0];
  late.name = "late";
  engine_fixture::join_labels(config, late);
  config.monitors.push_back(late);
  return config;
}

// The topic of rows (two partitions) and the topic of labels, a row every second from `from` on.
inline std::map<TopicPartition, std::vector<std::string>> small_topics(int from, int rows) {
  std::map<TopicPartition, std::vector<std::string>> topics{{{"l", 0}, {}}, {{"t", 0}, {}}, {{"t", 1}, {}}};
  for (int i = from; i < from + rows; ++i) {
    const std::string at = std::to_string(kStartMs + i * 1000), id = "\"e" + std::to_string(i) + "\"";
    topics[{"t", i % 2}].push_back("{\"at\": " + at + ", \"id\": " + id + ", \"amount\": " + std::to_string(i % 8) +
                                   R"(, "country": "DE", "predicted": 1, "label": )" + (i % 3 == 0 ? "0" : "1") + "}");
    topics[{"l", 0}].push_back("{\"at\": " + at + ", \"id\": " + id + R"(, "y": )" + (i % 4 == 0 ? "0" : "1") + "}");
  }
  topics[{"t", 0}].emplace_back("{not json");
  return topics;
}

// Both stages in one thread.
struct SmallEngine {
  explicit SmallEngine(const EnginePlan& plan) : shard(plan), merger(plan) {}

  // False: the snapshot is refused. It decides which partitions there are; where it names none, there are those of small_topics.
  bool restore(const Snapshot& snapshot) {
    if (!merger.load(snapshot)) return false;
    std::map<TopicPartition, std::string> states;
    for (const SnapshotSection& section : snapshot.sections) {
      const auto id = partition_of_section(section.id);
      if (id && merger.plan().stream_of_topic.contains(id->topic)) states.emplace(*id, partition_state(section));
    }
    for (const auto& [id, state] : states) {
      if (!saved_next_offset(state)) return false;
    }
    for (const auto& [id, records] : small_topics(0, 0)) states.try_emplace(id);
    for (const auto& [id, state] : states) {
      const auto number = static_cast<std::uint32_t>(partitions.size());
      if (!shard.add_partition(number, id, 0, state)) return false;
      merger.add_partition(number, id);
      partitions.emplace(id, number);
    }
    return true;
  }

  void consume(const std::map<TopicPartition, std::vector<std::string>>& topics) {
    for (const auto& [id, records] : topics) {
      ShardOutput output;
      shard.consume(engine_fixture::make_messages(partitions.at(id), records, 0, records.size()), output);
      merger.apply(std::move(output));
    }
  }

  Snapshot save() const {
    Snapshot snapshot;
    for (auto& [id, state] : shard.save()) snapshot.sections.push_back(save_partition_section(id, state));
    merger.save(snapshot);
    return snapshot;
  }

  EngineShard shard;
  EngineMerger merger;
  std::map<TopicPartition, std::uint32_t> partitions;
};

}  // namespace driftd::fuzz
