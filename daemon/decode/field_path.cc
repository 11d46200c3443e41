#include "daemon/decode/field_path.h"

namespace driftd {

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> keys(1);
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool escaped = path.substr(i, 2) == "\\.";
    if (path[i] == '.') {
      keys.emplace_back();
    } else {
      i += escaped ? 1 : 0;
      keys.back() += path[i];
    }
  }
  return keys;
}

std::string flat_name(std::string_view path) {
  std::string name;
  for (const std::string& key : split_path(path)) name += (name.empty() ? "" : ".") + key;
  return name;
}

}  // namespace driftd
