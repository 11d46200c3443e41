// What `driftd check` found on the cluster, in words. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/check_cluster.h"

namespace driftd {

std::string describe_sample(const TopicSample& sample, const StreamConfig::Fields& fields);
// What looks wrong in a sample: columns that no record has, records of which none can be used.
std::vector<std::string> sample_warnings(const TopicSample& sample);

}  // namespace driftd
