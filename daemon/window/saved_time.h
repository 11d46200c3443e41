// A time read back from saved state. What a forged file says is not believed: lengths of windows can be added to what is returned, and
// nothing overflows.
#pragma once

#include <cstdint>
#include <limits>

#include "daemon/runtime/codec.h"
#include "daemon/runtime/event_time.h"
#include "daemon/source/message.h"

namespace driftd {

// kNoTime, the end of all times, or a time within four times the bounds of event times; any other fails the reader and is kNoTime.
inline std::int64_t load_time(ByteReader& in) {
  const std::int64_t time_us = in.i64();
  const bool is_mark = time_us == kNoTime || time_us == std::numeric_limits<std::int64_t>::max();
  if (is_mark || (time_us >= -4 * kMaxEventTime && time_us <= 4 * kMaxEventTime)) return time_us;
  in.fail();
  return kNoTime;
}

// The same where neither mark can stand.
inline std::int64_t load_moment(ByteReader& in) {
  const std::int64_t time_us = load_time(in);
  if (time_us != kNoTime && time_us != std::numeric_limits<std::int64_t>::max()) return time_us;
  in.fail();
  return 0;
}

}  // namespace driftd
