// One test through the engine of the daemon, as `replay` runs it: no Kafka, no clock; equal rows give equal results.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/cli/test_file.h"
#include "daemon/decode/record_batch.h"
#include "detectors/reference/reference.h"

namespace driftd {

struct SeenAlert {
  std::string kind, feature, segment, severity, summary;
  AlertWord state = AlertWord::kFiring;
  std::int64_t end_us = 0;  // of its window
};

struct SeenScore {
  std::string feature, segment, method, status;
  std::int64_t end_us = 0;
  double statistic = 0, effect = 0, p_value = 0, threshold_ratio = 0;
};

// What came out, in the order of the windows.
struct TestOutcome {
  std::vector<SeenAlert> alerts;
  std::vector<SeenScore> scores;
  std::uint64_t windows = 0, judged = 0;  // judged: windows in which some feature had enough rows
  std::uint64_t rows = 0, late = 0;
  std::array<std::uint64_t, kRejects> rejected{};
};

struct TestFailure {
  int exit_code;
  std::string message;
};

// config: cut down to the test's monitor. reference: of that monitor.
std::expected<TestOutcome, TestFailure> run_test_rows(Config config, std::shared_ptr<const Reference> reference, const DriftTest& test);

}  // namespace driftd
