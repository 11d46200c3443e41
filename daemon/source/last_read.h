// What tells that a log is still the one that was read: its topic's id, and the last record that was read of a partition. Pure; any
// thread. Cost: one hash of a record.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "daemon/source/message.h"

namespace driftd {

struct RecordMark {
  std::int64_t offset = -1;        // -1: none was read
  std::int64_t time_us = kNoTime;  // the record's, not the event's
  std::uint64_t xxh3 = 0;          // XXH3-64 of key and payload, and of whether there is a payload
  friend bool operator==(const RecordMark&, const RecordMark&) = default;
};
RecordMark mark_of(const Message& message);

struct LastRead {
  std::string topic_id;  // "" = the brokers have none
  RecordMark record;
};
using LastReads = std::map<TopicPartition, LastRead>;  // of a snapshot: every partition that it holds

}  // namespace driftd
