// Text of a configuration to a Config, or every problem at once. Reads the environment only through LoadOptions, and files only for
// `${file:}`. Order of strength: --set, DRIFTD__* variables, the file, defaults. Thread: any. Cost: milliseconds.
#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/problem.h"
#include "config/substitute.h"

namespace driftd {

struct LoadOptions {
  std::vector<std::string> set = {};    // "a.b=v", also "monitors[0].window.every=1m"; lists by comma
  Environment environment = {};         // for ${env:} and DRIFTD__A__B=v
  std::filesystem::path base_dir = {};  // where relative paths start: the file's folder
  bool for_kafka = true;                // brokers are required, formats of file replay are refused
  // What is wrong with a librdkafka option, or nothing. Null: names and values are not checked against the library.
  std::function<std::optional<std::string>(const std::string& name, const std::string& value)> check_librdkafka = {};
};

struct Loaded {
  Config config;
  Problems warnings;
  std::map<std::string, std::string> origins;  // "monitors[0].window.every" -> "driftd.yaml:7:14"; absent = default
};

std::expected<Loaded, Problems> load(const std::string& text, const std::string& source_name, const LoadOptions& options);

}  // namespace driftd
