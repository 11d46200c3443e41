// What `driftd reference diff` says: a page for a person, or JSON. Pure.
#pragma once

#include <string>
#include <vector>

#include "daemon/reference/reference_diff.h"

namespace driftd {

struct DiffedReferences {
  std::string path_a, path_b;
  const Reference& a;
  const Reference& b;
  std::vector<FeatureDiff> features;
};

std::string reference_diff_page(const DiffedReferences& diff);
std::string reference_diff_json(const DiffedReferences& diff);

}  // namespace driftd
