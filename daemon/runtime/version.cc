#include "daemon/runtime/version.h"

namespace driftd {

std::string_view version() { return DRIFTD_VERSION; }
std::string_view revision() { return DRIFTD_REVISION; }

}  // namespace driftd
