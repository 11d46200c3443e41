// Globs over names of columns and features, as a shell matches them: `*`, `?`, `[a-z]`. Pure.
#pragma once

#include <fnmatch.h>

#include <algorithm>
#include <string>
#include <vector>

namespace driftd {

inline bool matches(const std::string& glob, const std::string& name) { return ::fnmatch(glob.c_str(), name.c_str(), 0) == 0; }

inline bool matches_any(const std::vector<std::string>& globs, const std::string& name) {
  return std::ranges::any_of(globs, [&](const auto& glob) { return matches(glob, name); });
}

}  // namespace driftd
