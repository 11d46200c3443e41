// The time of day, for what people and dashboards see. No result depends on it: event time is the only clock of results.
#pragma once

#include <chrono>
#include <cstdint>

namespace driftd {

inline std::int64_t wall_us() {  // microseconds since 1970
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace driftd
