// Reading the golden files beside this header: tab-separated rows, '#' starts a comment line. A missing file is a failed test.
#pragma once

#include <doctest/doctest.h>

#include <charconv>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace driftd::golden {

inline std::ifstream open(const std::string& path) {
  std::ifstream file(std::string(DRIFTD_TESTS_DIR "/conformance/") + path);
  CAPTURE(path);
  REQUIRE(file.is_open());
  return file;
}

inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
  }
  return parts;
}

template <class Number>
Number number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  CAPTURE(text);
  REQUIRE((error == std::errc() && end == text.data() + text.size()));
  return value;
}

template <class Number>
std::vector<Number> numbers(std::string_view text, char separator) {
  std::vector<Number> values;
  for (const std::string_view part : split(text, separator)) {
    if (!part.empty()) values.push_back(number<Number>(part));
  }
  return values;
}

inline std::vector<std::vector<std::string>> rows(const std::string& path) {
  std::ifstream file = open(path);
  std::vector<std::vector<std::string>> all;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> row;
    for (const std::string_view cell : split(line, '\t')) row.emplace_back(cell);
    all.push_back(std::move(row));
  }
  REQUIRE_FALSE(all.empty());
  return all;
}

// One number a line; `header` lines at the top are skipped.
inline std::vector<double> column(const std::string& path, int header = 0) {
  std::ifstream file = open(path);
  std::vector<double> values;
  for (std::string line; std::getline(file, line);) {
    if (header-- > 0) continue;
    values.push_back(number<double>(line));
  }
  REQUIRE_FALSE(values.empty());
  return values;
}

}  // namespace driftd::golden
