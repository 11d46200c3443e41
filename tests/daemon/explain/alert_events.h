// Alert events for the tests of `explain`: those that a replay writes, and variants of them.
#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/explain/alert_record.h"
#include "daemon/decode/json_tree.h"

namespace driftd::test {

inline std::string events_path(std::string_view replay_case) {
  return std::string(DRIFTD_TESTS_DIR "/replay/cases/") + std::string(replay_case) + "/events.golden.jsonl";
}

// The first event of this kind and feature in a golden replay case.
inline JsonTree golden_event(std::string_view replay_case, std::string_view kind, std::string_view feature) {
  std::ifstream file(events_path(replay_case));
  for (std::string line; std::getline(file, line);) {
    auto event = parse_json(line);
    REQUIRE(event.has_value());
    if (*event->find("data.kind")->text() == kind && *event->find("data.feature.name")->text() == feature) return std::move(*event);
  }
  FAIL("no such event in the case");
  return {};
}

inline std::string text_of(const JsonTree& event) {
  JsonWriter json;
  write_json(json, event);
  return json.take();
}

inline AlertRecord record_of(const JsonTree& event) {
  auto record = read_alert_event(text_of(event));
  REQUIRE_MESSAGE(record.has_value(), (record ? std::string() : record.error()));
  return std::move(*record);
}

}  // namespace driftd::test
