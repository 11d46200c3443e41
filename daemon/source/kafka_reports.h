// What librdkafka says about itself: errors counted by name, messages rate-limited, secrets masked.
// Thread: the one that polls the client (`log.queue` is on, so librdkafka's own threads never call in here).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "daemon/source/kafka_failure.h"

struct rd_kafka_op_s;

namespace driftd {

// event: a short fixed name such as `kafka_error`; text: one line for a person.
using KafkaLog = std::function<void(LogLevel level, std::string_view event, const std::string& text)>;

class KafkaReports {
 public:
  // use: what the client is for. repeat_limit: of one kind of message, the next comes no sooner, and counts those held back.
  KafkaReports(KafkaLog log, std::vector<std::string> secrets, KafkaUse use, Milliseconds repeat_limit = Milliseconds{10'000});

  // True: the event was an error or a log line, and is dealt with.
  bool take(rd_kafka_op_s* event);
  void error(int code, std::string_view reason);  // code: rd_kafka_resp_err_t; logged with its step and its way out
  void log(int syslog_level, std::string_view facility, std::string_view text);  // a line of librdkafka's own
  void say(LogLevel level, std::string_view event, std::string_view text);

  const std::map<std::string, std::uint64_t>& counts() const { return counts_; }
  // The newest error since healthy() as "NAME: text", "" when there was none: the text of a reason for not being ready.
  const std::string& last_error() const { return last_error_; }
  void healthy() { last_error_.clear(); }
  std::string last_failure() const { return last_error_.empty() ? "" : describe_failure(last_error_, use_); }
  std::string masked(std::string_view text) const;

 private:
  struct Repeat {
    std::chrono::steady_clock::time_point next;
    std::uint64_t suppressed = 0;
  };
  KafkaLog log_;
  std::vector<std::string> secrets_;
  KafkaUse use_;
  Milliseconds repeat_limit_;
  std::map<std::string, std::uint64_t> counts_;
  std::map<std::string, Repeat> repeats_;
  std::string last_error_;
  std::string certificate_fault_;  // of the last certificate that was refused
};

}  // namespace driftd
