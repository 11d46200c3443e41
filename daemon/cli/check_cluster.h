// `driftd check` against the cluster: connects as the daemon does, commits and writes nothing, and decodes the newest records
// of each topic; then asks whether the topics it would write to are there and may be written. Blocks for the budget at most for
// each of the three, and a moment for the end of each client.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/decode/record_batch.h"
#include "daemon/engine_plan.h"

namespace driftd {

inline constexpr std::size_t kSampledRecords = 200;  // of a topic, shared by its partitions

struct ColumnSample {
  std::string name;
  SlotType type = SlotType::kNumeric;
  ClassCounts classes{};  // over the rows
};

struct TopicSample {
  std::string topic;
  std::int32_t partitions = 0;
  std::uint64_t records = 0, rows = 0;  // rows: records that are not rejected
  std::array<std::uint64_t, kRejects> rejected{};
  std::vector<ColumnSample> columns;  // that the monitors of the topic read
};

struct ClusterCheck {
  std::vector<TopicSample> topics;
  std::string failure;  // "" = connected and sampled; else the step that failed and the way out
  bool closed = true;   // false: librdkafka did not return; end the process by _Exit
};
ClusterCheck check_cluster(const Config& config, const EnginePlan& plan, std::chrono::milliseconds budget);

// Counts the records of one batch into the topic's sample.
void add_sample(const StreamPlan& stream, const MessageBatch& batch, TopicSample& sample);
TopicSample empty_sample(const StreamPlan& stream, const std::string& topic);

}  // namespace driftd
