// What a reload may change: everything below the top-level keys that say so (ConfigKey::reloads). The rest takes a restart.
#pragma once

#include "config/load.h"
#include "config/problem.h"

namespace driftd {

// The keys whose value in `wanted` is another than the one in force and that no reload takes, in the table's order, each with its place and
// both values. A key that the file no longer sets has the file as its place. Values of secrets are never shown.
Problems needs_restart(const Config& in_force, const Loaded& wanted);

// A problem at a place as Loaded::origins has it: "driftd.yaml:7:14", or a source alone.
Problem problem_at(const std::string& place, std::string message);

}  // namespace driftd
