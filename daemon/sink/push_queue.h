// What a receiver by HTTP is still to get, and when: the part of a sink that only decides. No I/O, no clock of its own.
// Thread: one, the receiver's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/sink/delivery.h"
#include "daemon/sink/sink.h"

namespace driftd {

// steady: for how long something waits; wall: for what others read, and for ages that outlive the process. Microseconds.
struct Moment {
  std::int64_t steady_us = 0, wall_us = 0;
};

struct PushRequest {
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

struct PushAnswer {
  int status = 0;          // 0: there was none
  std::string error = {};  // then: why
  std::string body = {}, retry_after = {};
  double seconds = 0;  // it took
};

enum class PushResult : std::uint8_t { kTaken, kTryAgain, kRefused };
// 2xx; 408, 429, 5xx and no answer; everything else, redirects included.
PushResult result_of(const PushAnswer& answer);
// "500: the start of the answer", "Connection refused": one line without control characters.
std::string words_of(const PushAnswer& answer);
// Seconds, or a date of HTTP, from now on; 0: neither.
std::int64_t retry_after_us(std::string_view header, std::int64_t wall_us);

struct PushCounts {
  std::uint64_t ok = 0, retry = 0, error = 0;  // of events
  DeliveryTimes times;                         // of requests that were answered
};

class PushQueue {
 public:
  virtual ~PushQueue() = default;
  // An alert that fires, as the state remembers it at a start: one that is told of what fires, not of transitions, is told again, in
  // after_us at the earliest (a crash may have left a state that is a moment old, which the records that follow put right).
  virtual void restore(const std::string& /*event*/, Moment /*now*/, std::int64_t /*after_us*/) {}
  virtual bool has_room() const = 0;  // false: add() must wait
  virtual void add(OutRecord record, Moment now) = 0;
  // What to send now; nullopt: nothing is due. Until answered() it is under way and next() must not be called.
  virtual std::optional<PushRequest> next(Moment now) = 0;
  // What an operator should hear of it; "" = nothing.
  virtual std::string answered(const PushAnswer& answer, Moment now) = 0;
  // Sequences that the outbox may forget: taken, given up, or overtaken by what came later. Since the last call.
  virtual std::vector<std::uint64_t> take_done() = 0;
  virtual const PushCounts& counts() const = 0;
};

}  // namespace driftd
