// Where records that leave driftd go. The outbox (state) owns a record until its sink acknowledged it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace driftd {

// A record for a Kafka topic (an alert transition, a closed window or a dead letter), or an alert event for a receiver by HTTP.
// Deterministic bytes for equal input, but for first_try_us.
struct OutRecord {
  std::uint64_t sequence = 0;  // order in the outbox; unique in one state directory's life
  std::string topic;           // by HTTP: the receiver's name
  std::string key;             // by HTTP: the alert's id
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;
  std::int64_t time_us = 0;       // record timestamp: event time, never the clock
  std::int64_t first_try_us = 0;  // wall time at which its sink first got it; 0: not yet. Its age counts from here, over restarts too
  // The key of a dead letter is topic/partition/offset (decision 29); no monitor and no alert id has a slash.
  bool is_dead_letter() const { return key.find('/') != std::string::npos; }
  friend bool operator==(const OutRecord&, const OutRecord&) = default;
};

// Thread: send and take_acked on the merger thread. Never blocks.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  virtual bool send(const OutRecord& record) = 0;        // false: queue full, try again later
  virtual std::vector<std::uint64_t> take_acked() = 0;   // sequences durably written, or given up, since the last call, any order
  virtual std::vector<std::uint64_t> take_failed() = 0;  // sequences to be sent again (retriable), since the last call
};

}  // namespace driftd
