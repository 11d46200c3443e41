// `driftd version`: version, revision and the libraries that change results or behaviour.
#include <cstdio>

#include "daemon/cli/verb.h"

namespace driftd {

int run_version(std::span<const std::string> /*args*/) {
  std::printf("driftd %s (%s)\n", DRIFTD_VERSION, DRIFTD_REVISION);
  return kExitOk;
}

}  // namespace driftd
