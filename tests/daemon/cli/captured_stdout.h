// What a verb prints to stdout while it runs.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <functional>
#include <string>

#include "tests/temp_folder.h"

namespace driftd {

inline std::string captured_stdout(const std::function<void()>& run) {
  const TempFolder folder;
  std::fflush(stdout);
  const int kept = ::dup(STDOUT_FILENO);
  std::FILE* const file = std::fopen(folder.path("stdout").c_str(), "wb");
  ::dup2(::fileno(file), STDOUT_FILENO);
  run();
  std::fflush(stdout);
  ::dup2(kept, STDOUT_FILENO);
  ::close(kept);
  std::fclose(file);
  return folder.read("stdout");
}

}  // namespace driftd
