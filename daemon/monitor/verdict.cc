#include "daemon/monitor/verdict.h"

namespace driftd {

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::kDrift:
      return "drift";
    case Kind::kPrediction:
      return "prediction";
    case Kind::kPerformance:
      return "performance";
    case Kind::kQuality:
      break;
  }
  return "quality";
}

}  // namespace driftd
