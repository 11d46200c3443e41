// The paths of the keys of a JSON text, as event_schema.h writes them: "data.window.offsets[].from". Sorted, each once. And whether the
// keys of every object are sorted. For texts of JsonWriter only: they are valid.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>

#include <set>
#include <string>
#include <string_view>

namespace driftd {

class JsonPaths {
 public:
  explicit JsonPaths(std::string_view text) : text_(text) { value(""); }

  std::set<std::string> paths;
  bool sorted = true;

 private:
  std::string quoted() {
    std::string name;
    for (++at_; text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
      name += text_[at_];
    }
    ++at_;
    return name;
  }
  void object(const std::string& path) {
    std::string last;
    while (text_[at_++] != '}') {
      if (text_[at_] == '}') continue;
      const auto name = quoted();
      sorted = sorted && last < name;
      last = name;
      const auto inner = path.empty() ? name : path + '.' + name;
      paths.insert(inner);
      ++at_;
      value(inner);
    }
  }
  void value(const std::string& path) {
    if (text_[at_] == '{') {
      object(path);
    } else if (text_[at_] == '[') {
      while (text_[at_++] != ']') {
        if (text_[at_] != ']') value(path + "[]");
      }
    } else if (text_[at_] == '"') {
      quoted();
    } else {
      at_ = std::min(text_.find_first_of(",]}", at_), text_.size());
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace driftd
