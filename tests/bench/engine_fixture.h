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
};
std::unique_ptr<const EnginePlan> make_engine(const Fixture& fixture, const std::string& topic, const EngineShape& shape = {});

}  // namespace driftd::bench
