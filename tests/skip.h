// How a test says that it cannot run here: it prints the reason and returns. tests/run.sh counts it as skipped, not passed.
//   if (geteuid() != 0) return skip("mounting a tmpfs needs root");
#pragma once

#include <doctest/doctest.h>

#include <cstdio>

namespace driftd {

inline void skip(const char* reason) {
  std::printf("SKIPPED %s: %s\n", doctest::getContextOptions()->currentTest->m_name, reason);
  std::fflush(stdout);
}

}  // namespace driftd
