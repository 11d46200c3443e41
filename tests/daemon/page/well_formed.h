// Are the tags of a document balanced, its attributes quoted, and nothing inline that the content security policy forbids?
#pragma once

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace driftd::test {

// "" = yes; else what is wrong.
inline std::string well_formed(std::string_view document) {
  constexpr std::array<std::string_view, 4> kVoid{"meta", "link", "br", "!doctype"};
  std::vector<std::string> open;
  for (std::size_t at = 0; (at = document.find('<', at)) != std::string_view::npos;) {
    bool quoted = false;
    std::size_t end = at + 1;
    for (; end < document.size() && (quoted || document[end] != '>'); ++end) quoted ^= document[end] == '"';
    if (end == document.size()) return "a tag is not closed";
    std::string_view tag = document.substr(at + 1, end - at - 1);
    at = end + 1;
    for (const std::string_view banned : {" style=", " on", "javascript:"}) {
      if (tag.find(banned) != std::string_view::npos && tag.find('=') != std::string_view::npos) return "inline: " + std::string(tag);
    }
    if (std::ranges::count(tag, '"') % 2 != 0 || tag.find('<') != std::string_view::npos) return "broken: " + std::string(tag);
    if (tag.starts_with('/')) {
      if (open.empty() || open.back() != tag.substr(1)) return "not the open tag: " + std::string(tag);
      open.pop_back();
      continue;
    }
    const std::string name(tag.substr(0, tag.find_first_of(" /")));
    if (!tag.ends_with('/') && std::ranges::find(kVoid, name) == kVoid.end()) open.push_back(name);
  }
  return open.empty() ? "" : "not closed: " + open.back();
}

}  // namespace driftd::test
