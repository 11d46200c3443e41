// The references of all monitors, loaded or built as the configuration says: for run, check, replay and demo.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/config.h"
#include "detectors/reference/reference.h"

namespace driftd {

struct ReferenceFailure {
  int exit_code;
  std::string message;  // names the monitor and the file
};

// By monitor. Monitors with the same file and the same fields share one. Stops at the first that cannot be had.
std::expected<std::vector<std::shared_ptr<const Reference>>, ReferenceFailure> load_references(const Config& config);
// The same with every failure, each with the index of its monitor.
std::expected<std::vector<std::shared_ptr<const Reference>>, std::vector<std::pair<std::size_t, ReferenceFailure>>> load_all_references(
    const Config& config);

}  // namespace driftd
