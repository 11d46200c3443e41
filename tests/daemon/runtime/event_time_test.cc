#include "daemon/runtime/event_time.h"

#include <doctest/doctest.h>

#include <limits>

namespace driftd {

TEST_CASE("RFC 3339, and nothing that only looks like it") {
  const struct {
    const char* name;
    std::string_view input;
    std::optional<std::int64_t> want;
  } rows[] = {
      {"epoch", "1970-01-01T00:00:00Z", 0},
      {"UTC", "2026-03-01T10:05:00Z", 1'772'359'500'000'000},
      {"offset", "2026-03-01T11:05:00+01:00", 1'772'359'500'000'000},
      {"negative offset", "2026-03-01T05:35:00-04:30", 1'772'359'500'000'000},
      {"blank and small letters", "2026-03-01 10:05:00z", 1'772'359'500'000'000},
      {"fraction", "1970-01-01T00:00:00.25Z", 250'000},
      {"nanoseconds are cut", "1970-01-01T00:00:00.000001999Z", 1},
      {"before 1970", "1969-12-31T23:59:59.5Z", -500'000},
      {"leap day", "2024-02-29T00:00:00Z", 1'709'164'800'000'000},
      {"leap second", "2016-12-31T23:59:60Z", 1'483'228'800'000'000},
      {"leap second with offset", "2017-01-01T00:59:60+01:00", 1'483'228'800'000'000},
      {"first", "0000-01-01T00:00:00Z", kMinEventTime},
      {"last", "9999-12-31T23:59:59.999999Z", kMaxEventTime},
      {"before the first by its offset", "0000-01-01T00:00:00+00:01", std::nullopt},
      {"no leap second here", "2016-12-31T12:00:60Z", std::nullopt},
      {"no leap day", "2025-02-29T00:00:00Z", std::nullopt},
      {"no offset", "2026-03-01T10:05:00", std::nullopt},
      {"date only", "2026-03-01", std::nullopt},
      {"month 13", "2026-13-01T10:05:00Z", std::nullopt},
      {"hour 24", "2026-03-01T24:00:00Z", std::nullopt},
      {"point without digits", "2026-03-01T10:05:00.Z", std::nullopt},
      {"rest", "2026-03-01T10:05:00Zx", std::nullopt},
      {"short offset", "2026-03-01T10:05:00+01", std::nullopt},
      {"leading blank", " 2026-03-01T10:05:00Z", std::nullopt},
      {"empty", "", std::nullopt},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(parse_rfc3339(row.input) == row.want);
  }
}

TEST_CASE("integers are in the stated unit") {
  const struct {
    const char* name;
    std::string_view input;
    TimeUnit unit;
    std::optional<std::int64_t> want;
  } rows[] = {
      {"milliseconds", "1772359500000", TimeUnit::kMilliseconds, 1'772'359'500'000'000},
      {"seconds", "1772359500", TimeUnit::kSeconds, 1'772'359'500'000'000},
      {"microseconds", "1772359500000001", TimeUnit::kMicroseconds, 1'772'359'500'000'001},
      {"nanoseconds", "1772359500000001999", TimeUnit::kNanoseconds, 1'772'359'500'000'001},
      {"nanoseconds before 1970", "-1", TimeUnit::kNanoseconds, -1},
      {"text of any unit", "1970-01-01T00:00:01Z", TimeUnit::kSeconds, 1'000'000},
      {"out of range", "1772359500000", TimeUnit::kSeconds, std::nullopt},
      {"overflow", "99999999999999999999", TimeUnit::kMicroseconds, std::nullopt},
      {"fraction", "1772359500.5", TimeUnit::kSeconds, std::nullopt},
      {"plus", "+1", TimeUnit::kSeconds, std::nullopt},
      {"exponent", "1e9", TimeUnit::kSeconds, std::nullopt},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(parse_event_time(row.input, row.unit) == row.want);
  }
}

TEST_CASE("times are written with the shortest fraction, and read back") {
  const struct {
    std::int64_t input;
    const char* want;
  } rows[] = {
      {0, "1970-01-01T00:00:00Z"},
      {1'772'359'500'000'000, "2026-03-01T10:05:00Z"},
      {250'000, "1970-01-01T00:00:00.25Z"},
      {1, "1970-01-01T00:00:00.000001Z"},
      {-1, "1969-12-31T23:59:59.999999Z"},
      {kMinEventTime, "0000-01-01T00:00:00Z"},
      {kMaxEventTime, "9999-12-31T23:59:59.999999Z"},
  };
  for (const auto& row : rows) {
    CHECK(format_event_time(row.input) == row.want);
    CHECK(parse_rfc3339(row.want) == row.input);
  }
  for (const std::int64_t beyond : {kMaxEventTime + 1, std::numeric_limits<std::int64_t>::max()}) {
    CHECK(format_event_time(beyond) == "9999-12-31T23:59:59.999999Z");
  }
  for (const std::int64_t before : {kMinEventTime - 1, std::numeric_limits<std::int64_t>::min()}) {
    CHECK(format_event_time(before) == "0000-01-01T00:00:00Z");
  }
}

}  // namespace driftd
