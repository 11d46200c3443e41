// What `driftd state inspect` says of a state directory. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/engine_summary.h"
#include "daemon/state/file_store.h"

namespace driftd {

struct InspectedState {
  std::string dir;
  std::vector<VerifiedFile> files;         // newest first
  std::optional<StoredSnapshot> snapshot;  // the newest that verifies
  SnapshotSummary summary;                 // of that
};

std::string inspect_page(const InspectedState& state);
std::string inspect_json(const InspectedState& state);

}  // namespace driftd
