// A configuration with its references and its plan: all that a daemon needs before it meets a broker, the same at its start and at a
// reload.
#pragma once

#include <expected>

#include "config/load.h"
#include "config/problem.h"
#include "daemon/app_running.h"

namespace driftd {

// Reads every reference. The error has every problem, each at the place of its monitor.
std::expected<Prepared, Problems> prepare(const Loaded& loaded);

}  // namespace driftd
