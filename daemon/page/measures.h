// One feature's measures and quality checks as tables. Pure; any thread.
#pragma once

#include "daemon/page/html.h"
#include "daemon/status.h"

namespace driftd {

Markup measures_section(const FeatureStatus& feature);  // nothing for none
Markup quality_section(const FeatureStatus& feature);

std::string times_text(double ratio);  // of its alarm line: "1.2×", "<0.01×"

}  // namespace driftd
