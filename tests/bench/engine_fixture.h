// A plan of the real engine for the benchmark's records: one stream, one monitor, all features on 255 edges.
#pragma once

#include <memory>
#include <string>

#include "daemon/engine_plan.h"
#include "tests/bench/fixture.h"

namespace driftd::bench {

std::unique_ptr<const EnginePlan> make_engine(const Fixture& fixture, const std::string& topic);

}  // namespace driftd::bench
