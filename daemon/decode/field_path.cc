#include "daemon/decode/field_path.h"

namespace driftd {

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> keys(1);
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '.') {
      keys.emplace_back();
      continue;
    }
    const std::string_view pair = path.substr(i, 2);
    if (pair == "\\." || pair == "\\\\") ++i;
    keys.back() += path[i];
  }
  return keys;
}

std::string flat_name(std::string_view path) {
  const std::vector<std::string> keys = split_path(path);
  std::string name = keys.front();
  for (std::size_t i = 1; i < keys.size(); ++i) name += '.' + keys[i];
  return name;
}

}  // namespace driftd
