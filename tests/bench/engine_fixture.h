// A plan of the real engine for the benchmark's records: one stream, all features on 255 edges.
#pragma once

#include <memory>
#include <string>

#include "daemon/engine_plan.h"
#include "tests/bench/fixture.h"

namespace driftd::bench {

struct EngineShape {
  std::size_t monitors = 1;
  bool by_segment = false;      // each of the fixture's segments is declared
  bool by_record_time = false;  // windows of a minute, by the times of the records instead of `ts`
  Format format = Format::kJson;
  bool predictions = false;  // `risk` is one of a regression, `id` names the event
  bool labels = false;       // of the predictions, by label_records(), on a topic of their own: kLabelTopic
};
inline constexpr const char* kLabelTopic = "labels";
inline constexpr std::int64_t kLabelDelayMs = 2000;  // by which labels come later
// A label of each record: its id, a number, the record's time and the delay.
std::vector<std::string> label_records(const std::vector<std::string>& records);

std::unique_ptr<const EnginePlan> make_engine(const Fixture& fixture, const std::string& topic, const EngineShape& shape = {});

}  // namespace driftd::bench
