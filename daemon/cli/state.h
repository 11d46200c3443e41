// What `driftd state verify` says, and the first lines of `inspect`. Pure, apart from the verb itself (state.cc).
#pragma once

#include <string>
#include <vector>

#include "daemon/state/file_store.h"

namespace driftd {

struct StateReport {
  std::string table;    // for stdout: a line per generation, newest first
  std::string message;  // for stderr: what a start would do about damage; "" = none is there
  int exit_code = 0;
};
StateReport state_report(const std::string& dir, const std::vector<VerifiedFile>& files);

}  // namespace driftd
