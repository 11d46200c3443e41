// `--set a.b=v` and `DRIFTD__A__B=v`: written into the tree of the file before it is read, so that one road checks all.
// The tree then carries the place "--set a.b"; the value itself never shows there.
#pragma once

#include <string>
#include <vector>

#include "config/problem.h"
#include "config/substitute.h"
#include "config/yaml_reader.h"

namespace driftd {

// Variables of the form DRIFTD__*: only these count, so that Kubernetes' own DRIFTD_PORT and the like do not.
void apply_environment(YamlNode& root, const Environment& environment, Report& report);

void apply_set(YamlNode& root, const std::vector<std::string>& set, Report& report);

}  // namespace driftd
