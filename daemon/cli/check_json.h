// Everything `driftd check` found as one JSON document:
// {"problems":[...],"warnings":[...],"monitors":[...],"topics":[...]}; topics only once the cluster was asked. Pure.
#pragma once

#include <string>
#include <vector>

#include "config/problem.h"
#include "daemon/cli/check_cluster.h"
#include "daemon/cli/check_plan.h"

namespace driftd {

std::string check_json(const Problems& problems, const Problems& warnings, const std::vector<MonitorBudget>& monitors,
                       const std::vector<TopicSample>& topics);

}  // namespace driftd
