// The key of a segment: `k=v[,k=v]` in declared order; `\` escapes what separates keys inside a value (decision 19). Pure.
#pragma once

#include <string>
#include <string_view>

namespace driftd {

// Appends one pair to a key, behind a comma where the key has one already.
inline void append_segment(std::string& key, std::string_view column, std::string_view value) {
  if (!key.empty()) key += ',';
  key += column;
  key += '=';
  for (const char c : value) {
    if (c == ',' || c == '=' || c == '\\') key += '\\';
    key += c;
  }
}

}  // namespace driftd
