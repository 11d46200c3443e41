// Event times: text or integers of a stated unit -> microseconds since 1970, and back. Pure; never guesses a unit (decision 1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.h"

namespace driftd {

// Bounds of every event time: the years 0000 to 9999 of RFC 3339.
inline constexpr std::int64_t kMinEventTime = -62'167'219'200'000'000;
inline constexpr std::int64_t kMaxEventTime = 253'402'300'799'999'999;

// RFC 3339 with its offset: `2026-03-01T10:05:00.25Z`, `2026-03-01 10:05:00+01:00`. Letters of either case; a blank may stand for
// the T; digits of the fraction beyond microseconds are cut; a leap second is the second after it. nullopt: anything else,
// a date without a time or a time without an offset included.
std::optional<std::int64_t> parse_rfc3339(std::string_view text);

// An integer of the unit; nullopt outside the years 0000 to 9999. Nanoseconds are cut to microseconds towards the past.
inline std::optional<std::int64_t> event_time_of(std::int64_t value, TimeUnit unit) {
  std::int64_t time_us = 0;
  if (unit == TimeUnit::kNanoseconds) {
    time_us = value / 1000 - (value % 1000 < 0 ? 1 : 0);
  } else {
    const std::int64_t factor = unit == TimeUnit::kSeconds ? 1'000'000 : unit == TimeUnit::kMilliseconds ? 1000 : 1;
    if (__builtin_mul_overflow(value, factor, &time_us)) return std::nullopt;
  }
  if (time_us < kMinEventTime || time_us > kMaxEventTime) return std::nullopt;
  return time_us;
}

// RFC 3339, or an integer of the unit in decimal digits with an optional minus sign.
std::optional<std::int64_t> parse_event_time(std::string_view text, TimeUnit unit);

// RFC 3339 in UTC with `Z`: whole seconds without a fraction, else the shortest fraction (decision 15). What is beyond the bounds, as
// the end of the window of the last event time there is, is written as the bound: RFC 3339 has no year 10000.
std::string format_event_time(std::int64_t time_us);

}  // namespace driftd
