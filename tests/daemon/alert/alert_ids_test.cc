#include "daemon/alert/alert_ids.h"

#include <doctest/doctest.h>

#include "daemon/runtime/event_time.h"

namespace driftd {

TEST_CASE("ids of the published sample event") {
  const auto end = *parse_rfc3339("2026-03-01T10:05:00Z");
  const auto fingerprint = alert_fingerprint(Kind::kDrift, "fraud", "amount", "all");
  CHECK(fingerprint == "8c4c477b9e943fd5");
  CHECK(alert_id(fingerprint, end) == "6e77b70df680e4e0");
  CHECK(event_id("6e77b70df680e4e0", "firing", end) == "6e01f7b9a743ccb5");
}

TEST_CASE("every part changes an id, and no two parts run into each other") {
  const auto id = alert_fingerprint(Kind::kDrift, "m", "f", "all");
  CHECK(id != alert_fingerprint(Kind::kQuality, "m", "f", "all"));
  CHECK(id != alert_fingerprint(Kind::kDrift, "mf", "", "all"));
  CHECK(id != alert_fingerprint(Kind::kDrift, "m", "", "fall"));
  CHECK(alert_id(id, 0) != alert_id(id, 1));
  CHECK(event_id(id, "firing", 0) != event_id(id, "updated", 0));
  CHECK(window_id("m", 0, 1) != window_id("m", 1, 1));
  CHECK(window_id("m", 0, 1).size() == 16);
}

TEST_CASE("an empty first part keeps its place") {
  CHECK(alert_id("", 0) != event_id("", "", 0));
  CHECK(event_id("", "a", 0) != alert_id("a", 0));
}

}  // namespace driftd
