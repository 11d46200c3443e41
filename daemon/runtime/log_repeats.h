// Which log records are repeats: the first of its kind passes, the others within the limit are held and counted.
// Kind: level, event, message and the text fields; numbers may differ, so "in 4 s", given as a number, is still a repeat
// while another monitor's or another alert's line is not. Pure: time is an argument. Memory: one entry for each kind seen
// within the limit.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "daemon/runtime/log_line.h"

namespace driftd {

class LogRepeats {
 public:
  using Time = std::chrono::steady_clock::time_point;
  explicit LogRepeats(Milliseconds limit) : limit_(limit) {}

  // A kind whose time is over and of which `count` records were held. The strings are its first record's.
  struct Held {
    LogLevel level;
    std::string event, message;
    std::vector<LogField> fields;  // text fields only
    std::uint64_t count = 0;
  };

  // Call expired() before admit(), so that a kind whose time is over starts afresh. Times never go back.
  bool admit(const LogRecord& record, Time now);
  std::vector<Held> expired(Time now);  // in the order of their first records
  std::vector<Held> all();              // at the end of the process; forgets everything

 private:
  std::vector<Held> take_until(Time last_start);

  Milliseconds limit_;
  std::map<std::string, Held> kinds_;
  std::deque<std::pair<Time, std::string>> starts_;  // ascending; one for each kind
};

}  // namespace driftd
