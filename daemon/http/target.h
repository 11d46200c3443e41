// The target of a request line, taken apart: "/a/b%20c?x=1" -> segments and query. Pure; any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace driftd {

struct Target {
  std::vector<std::string> path;
  std::map<std::string, std::string, std::less<>> query;
};

// Only the origin form ("/..."). nullopt: another form, a broken %-escape, a NUL byte. Segments are split before they are
// decoded, so that "%2F" stays inside a name; "." and ".." are names like any other, as no path here leads to a file.
std::optional<Target> parse_target(std::string_view target);

// Text as one segment of a path, or as a value of a query: all but unreserved characters escaped.
std::string percent_encode(std::string_view text);

}  // namespace driftd
