// Which partitions there are and where reading starts. Pure: told the brokers' answers, it says what to ask next.
//
// A partition in the snapshot starts at its offset there. A topic never read before starts where its stream says, as
// numbers asked for once. Everything else starts at 0: partitions that appear later, and topics created after driftd
// started (all their records are newer than the start). What retention has removed of it by then is a gap like any other.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/source/kafka_admin.h"
#include "daemon/source/last_read.h"
#include "daemon/source/message.h"

namespace driftd {

// Where to read a partition from: the form in which the snapshot keeps it.
struct SourcePosition {
  TopicPartition id;
  std::int64_t next_offset = 0;
  friend auto operator<=>(const SourcePosition&, const SourcePosition&) = default;
};

class KafkaDiscovery {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // A topic the brokers do not know counts as not yet created after this long: a broker just started may not know all.
  static constexpr std::chrono::seconds kMissingFor{2};

  // last_reads: what the snapshot says of the known positions; they are checked against the topics found.
  KafkaDiscovery(std::span<const StreamConfig> streams, std::span<const SourcePosition> known, const LastReads& last_reads = {});

  const std::vector<std::string>& topics() const { return names_; }  // sorted, unique

  void topics_answered(const TopicsAnswered& answered, Time now);
  bool topics_known() const;  // each topic was found, or is missing for long enough

  std::vector<OffsetQuestion> questions() const;  // to be asked until empty
  void offsets_answered(const OffsetsAnswered& answered);
  std::vector<SourcePosition> positions() const;  // sorted; complete once topics_known() and questions() is empty

  // After the start: partitions found and topics given up since the last call.
  std::vector<SourcePosition> take_added();
  std::vector<std::string> take_stopped();
  void stop_topic(const std::string& topic, const std::string& why);

  // Before the start: why the snapshot does not belong to the topics that are there, one topic's; "" = nothing speaks against it.
  const std::string& diverged() const { return diverged_; }
  std::map<std::string, std::string> topic_ids() const;  // of the topics found; "" from brokers that have none

  std::vector<std::string> reasons() const;  // why not everything is read, one a line
  bool refused() const;                      // one of them will not pass by itself
  std::map<std::string, std::int32_t> partition_counts() const;
  std::vector<std::string> given_up() const;  // topics that are read no more

 private:
  struct Topic {
    StartAt start = StartAt::kLatest;
    std::int64_t start_time_us = 0;
    bool read_before = false;  // the snapshot knows it
    bool restored = false;     // and it is known what was read
    bool found = false, missing = false;
    Time missing_since;
    std::string id;  // before it was found: the snapshot's
    std::int32_t partitions = 0;
    std::string problem;  // of the last answer
    std::string stopped;  // why it is given up; "" = it is read
  };
  void found(const std::string& name, Topic& topic, const TopicAnswer& answer);
  void created_anew(const std::string& name, const Topic& topic, const std::string& why);
  void add_partition(const Topic& topic, const TopicPartition& id);

  std::vector<std::string> names_;
  std::map<std::string, Topic> topics_;
  std::map<TopicPartition, std::int64_t> positions_;
  std::map<TopicPartition, std::int64_t> pending_;  // -> what to ask for
  std::set<TopicPartition> seen_;
  std::vector<SourcePosition> added_;
  std::vector<std::string> stopped_;
  std::string diverged_;
};

}  // namespace driftd
