#include "detectors/detector.h"

namespace driftd {

std::string_view status_name(Status status) {
  switch (status) {
    case Status::kOk: return "ok";
    case Status::kInsufficient: return "insufficient";
    case Status::kDegenerate: return "degenerate";
    case Status::kUndefined: break;
  }
  return "undefined";
}

}  // namespace driftd
