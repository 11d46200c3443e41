#include "daemon/cli/one_monitor.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
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
  const MonitorConfig& monitor = config.monitors.front();
  std::vector<StreamConfig> streams;
  for (const std::string& wanted : {monitor.stream, monitor.labels.stream}) {
    const auto stream = std::ranges::find(config.streams, wanted, &StreamConfig::name);
    if (stream != config.streams.end()) streams.push_back(*stream);
  }
  for (StreamConfig& stream : streams) stream.on_error.action = OnError::kSkip;
  config.streams = std::move(streams);
  config.alert_sinks = {};
  return {};
}

}  // namespace driftd
