// The catalogue as a page for people, in Markdown: `driftd metrics --markdown`, committed as deploy/prometheus/METRICS.md. Pure.
#pragma once

#include <string>

namespace driftd {

std::string metrics_markdown();

}  // namespace driftd
