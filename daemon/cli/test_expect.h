// What a test expected against what it got. Pure.
#pragma once

#include <string>
#include <vector>

#include "daemon/cli/test_file.h"
#include "daemon/cli/test_run.h"

namespace driftd {

// Lines that say what differs, expected before got; empty: the test passed.
std::vector<std::string> differences(const DriftTest& test, const TestOutcome& outcome);

}  // namespace driftd
