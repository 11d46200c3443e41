#include "daemon/source/kafka_discovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/source/kafka_failure.h"

namespace driftd {

KafkaDiscovery::KafkaDiscovery(std::span<const StreamConfig> streams, std::span<const SourcePosition> known, const LastReads& last_reads) {
  for (const auto& stream : streams) {
    for (const auto& name : stream.topics) {
      const auto [row, added] = topics_.try_emplace(name);
      if (!added) continue;
      row->second.start = stream.start;
      row->second.start_time_us = stream.start_time_us;
    }
  }
  for (const auto& [name, topic] : topics_) names_.push_back(name);
  for (const auto& position : known) {
    const auto topic = topics_.find(position.id.topic);
    if (topic == topics_.end()) continue;  // no longer configured
    topic->second.read_before = true;
    positions_[position.id] = position.next_offset;
  }
  for (const auto& [id, last] : last_reads) {
    const auto topic = topics_.find(id.topic);
    if (topic == topics_.end()) continue;
    topic->second.restored = true;
    if (!last.topic_id.empty()) topic->second.id = last.topic_id;
  }
}

void KafkaDiscovery::topics_answered(const TopicsAnswered& answered, Time now) {
  for (const auto& answer : answered.topics) {
    const auto row = topics_.find(answer.topic);
    if (row == topics_.end()) continue;
    Topic& topic = row->second;
    topic.problem = answer.missing ? "does not exist" : answer.error;
    if (answer.missing && !std::exchange(topic.missing, true)) topic.missing_since = now;
    if (answer.missing && now - topic.missing_since >= kMissingFor) topic.found = true;
    if (!answer.error.empty()) continue;
    topic.missing = false;
    if (!answer.readable) {
      topic.problem = "Topic authorization failed";
      if (!topic.found) continue;  // nothing of it is read yet
    }
    found(answer.topic, topic, answer);
  }
}

void KafkaDiscovery::found(const std::string& name, Topic& topic, const TopicAnswer& answer) {
  if (!topic.stopped.empty()) return;
  const bool other_id = !topic.id.empty() && !answer.topic_id.empty() && topic.id != answer.topic_id;
  const auto last_known = positions_.upper_bound({name, answer.partitions - 1});
  const bool shrunk = last_known != positions_.end() && last_known->first.topic == name;
  if (other_id) return created_anew(name, topic, "was deleted and created anew");
  if (shrunk) return created_anew(name, topic, "has fewer partitions than before: it was deleted and created anew");
  if (!answer.topic_id.empty()) topic.id = answer.topic_id;
  topic.partitions = answer.partitions;
  for (std::int32_t partition = 0; partition < answer.partitions; ++partition) {
    const TopicPartition id{name, partition};
    if (seen_.insert(id).second) add_partition(topic, id);
  }
  topic.found = true;
}

// While running that topic is given up and the others go on. At the start it is the state that does not belong to it.
void KafkaDiscovery::created_anew(const std::string& name, const Topic& topic, const std::string& why) {
  if (topic.found || !topic.restored) return stop_topic(name, why);
  const auto position = positions_.lower_bound({name, 0});
  diverged_ = fmt::format("topic '{}' {} since the snapshot was written, which had read partition {} up to offset {}", name, why,
                          position->first.partition, position->second);
}

void KafkaDiscovery::add_partition(const Topic& topic, const TopicPartition& id) {
  const bool known = positions_.contains(id);
  const bool start_counts = !topic.found && !topic.read_before;
  if (!known && start_counts) {
    // The first record of a time: Kafka counts milliseconds, so the next whole one.
    const std::int64_t at = topic.start_time_us >= 0 ? (topic.start_time_us + 999) / 1000 : 0;
    const std::int64_t ask = topic.start == StartAt::kEarliest ? kEarliestOffset : topic.start == StartAt::kTime ? at : kLatestOffset;
    pending_[id] = ask;
    return;
  }
  const std::int64_t offset = positions_.try_emplace(id, 0).first->second;
  added_.push_back({id, offset});
}

bool KafkaDiscovery::topics_known() const {
  for (const auto& [name, topic] : topics_) {
    if (!topic.found && topic.stopped.empty()) return false;
  }
  return true;
}

std::vector<OffsetQuestion> KafkaDiscovery::questions() const {
  std::vector<OffsetQuestion> questions;
  for (const auto& [id, ask] : pending_) questions.push_back({id, ask});
  return questions;
}

void KafkaDiscovery::offsets_answered(const OffsetsAnswered& answered) {
  for (const auto& answer : answered.offsets) {
    const auto row = pending_.find(answer.id);
    if (row == pending_.end()) continue;
    if (!answer.error.empty()) {
      topics_[answer.id.topic].problem = fmt::format("partition {}: {}", answer.id.partition, answer.error);
    } else if (answer.offset >= 0) {
      positions_[answer.id] = answer.offset;
      added_.push_back({answer.id, answer.offset});
      pending_.erase(row);
    } else {
      row->second = kLatestOffset;  // no record of that time or later yet
    }
  }
}

std::vector<SourcePosition> KafkaDiscovery::positions() const {
  std::vector<SourcePosition> result;
  for (const auto& [id, offset] : positions_) {
    if (seen_.contains(id)) result.push_back({id, offset});
  }
  return result;
}

std::vector<SourcePosition> KafkaDiscovery::take_added() { return std::exchange(added_, {}); }
std::vector<std::string> KafkaDiscovery::take_stopped() { return std::exchange(stopped_, {}); }

void KafkaDiscovery::stop_topic(const std::string& name, const std::string& why) {
  Topic& topic = topics_[name];
  if (!topic.stopped.empty()) return;
  topic.stopped = why;
  stopped_.push_back(name);
}

std::vector<std::string> KafkaDiscovery::reasons() const {
  std::vector<std::string> lines;
  for (const auto& [name, topic] : topics_) {
    if (!topic.stopped.empty()) {
      lines.push_back(fmt::format("topic '{}' {}; it is no longer read: start driftd again with --reset-state", name, topic.stopped));
    } else if (!topic.problem.empty()) {
      lines.push_back(describe_failure(fmt::format("topic '{}': {}", name, topic.problem), KafkaUse::kRead));
    }
  }
  return lines;
}

bool KafkaDiscovery::refused() const {
  return std::ranges::any_of(topics_, [](const auto& row) {
    const auto& [name, topic] = row;
    const auto failure = [&] { return explain_failure(fmt::format("topic '{}': {}", name, topic.problem), KafkaUse::kRead); };
    return !topic.stopped.empty() || (!topic.problem.empty() && failure().lasting);
  });
}

std::vector<std::string> KafkaDiscovery::given_up() const {
  std::vector<std::string> names;
  for (const auto& [name, topic] : topics_) {
    if (!topic.stopped.empty()) names.push_back(name);
  }
  return names;
}

std::map<std::string, std::string> KafkaDiscovery::topic_ids() const {
  std::map<std::string, std::string> ids;
  for (const auto& [name, topic] : topics_) ids[name] = topic.id;
  return ids;
}

std::map<std::string, std::int32_t> KafkaDiscovery::partition_counts() const {
  std::map<std::string, std::int32_t> counts;
  for (const auto& [name, topic] : topics_) counts[name] = topic.partitions;
  return counts;
}

}  // namespace driftd
