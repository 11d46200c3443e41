// What `driftd check` found on the cluster, in words. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/check_cluster.h"

namespace driftd {

// A reason for not being ready (which names its step and its way out) without the word in front that says which part of the
// daemon speaks.
std::string without_part(std::string reason);

// Where metrics, API and page are to be had, and who is let in.
std::string describe_listener(const HttpConfig& http);

std::string describe_sample(const TopicSample& sample, const StreamConfig::Fields& fields);
// What looks wrong in a sample: columns that no record has, records of which none can be used.
std::vector<std::string> sample_warnings(const TopicSample& sample);

}  // namespace driftd
