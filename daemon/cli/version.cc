// `driftd version`: version and revision.
#include <cstdio>
#include <string>

#include "daemon/cli/arguments.h"
#include "daemon/cli/verb.h"
#include "daemon/runtime/version.h"

namespace driftd {

int run_version(std::span<const std::string> args) {
  CLI::App app("Print version and revision.", "driftd version");
  if (const auto done = parse_arguments(app, args)) return *done;
  std::printf("driftd %s (%s)\n", std::string(version()).c_str(), std::string(revision()).c_str());
  return kExitOk;
}

}  // namespace driftd
