#include "daemon/api/runbooks.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace driftd;

TEST_CASE("the binary has the runbooks of the source, each as it is, and no other") {
  const std::filesystem::path folder(DRIFTD_SOURCE_DIR "/deploy/runbooks");
  std::size_t files = 0;
  if (std::filesystem::exists(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() != ".md") continue;
      ++files;
      CAPTURE(entry.path().string());
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
      CHECK(runbook(entry.path().stem().string()) == text);
    }
  }
  CHECK(runbook_names().size() == files);
  CHECK_FALSE(runbook(""));
  CHECK_FALSE(runbook("DriftdNothing"));
  CHECK_FALSE(runbook("../README"));
}
