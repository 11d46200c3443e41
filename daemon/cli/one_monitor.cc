#include "daemon/cli/one_monitor.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "config/suggest.h"

namespace driftd {

std::expected<void, std::string> keep_one_monitor(const std::string& name, Config& config) {
  std::vector<std::string> names;
  for (const MonitorConfig& monitor : config.monitors) names.push_back(monitor.name);
  const auto kept = name.empty() ? names.begin() : std::ranges::find(names, name);
  if (kept == names.end()) {
    return std::unexpected(fmt::format("no monitor '{}' in the configuration{}; it has {}", name, did_you_mean(name, names),
                                       names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
  }
  config.monitors = {config.monitors[static_cast<std::size_t>(kept - names.begin())]};
  std::erase_if(config.streams, [&](const StreamConfig& stream) { return stream.name != config.monitors.front().stream; });
  config.alert_sinks.kafka_enabled = false;
  config.streams.front().on_error.action = OnError::kSkip;
  return {};
}

}  // namespace driftd
