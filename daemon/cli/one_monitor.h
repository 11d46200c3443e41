// A configuration cut down to one monitor and its streams, that of its records first: for verbs that look at one (replay, test, tap).
#pragma once

#include <expected>
#include <string>

#include "config/config.h"

namespace driftd {

// Nothing is produced any more: no alerts topic, no dead letters. name "" = the first monitor. The error lists what there is.
std::expected<void, std::string> keep_one_monitor(const std::string& name, Config& config);

}  // namespace driftd
