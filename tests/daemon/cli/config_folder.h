// A temporary folder with a driftd.yaml, removed at the end.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace driftd {

inline const std::string kGoodConfig = "kafka: {brokers: [\"localhost:9092\"]}\nmonitors: [{name: fraud, topic: t, reference: r.csv}]\n";

struct ConfigFolder {
  std::filesystem::path path;
  std::string file;

  explicit ConfigFolder(const std::string& text = kGoodConfig) {
    std::string pattern = (std::filesystem::temp_directory_path() / "driftd-cli-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
    file = (path / "driftd.yaml").string();
    std::ofstream(file) << text;
  }
  ConfigFolder(const ConfigFolder&) = delete;
  ConfigFolder& operator=(const ConfigFolder&) = delete;
  ~ConfigFolder() { std::filesystem::remove_all(path); }
};

}  // namespace driftd
