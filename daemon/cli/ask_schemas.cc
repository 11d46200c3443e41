#include "daemon/cli/ask_schemas.h"

#include <algorithm>

#include "daemon/runtime/signals.h"

namespace driftd {

using namespace std::chrono_literals;

std::expected<AskedSchemas, std::string> AskedSchemas::of(const SchemaRegistryConfig& config, const std::vector<StreamConfig>& streams) {
  AskedSchemas asked;
  if (std::ranges::none_of(streams, needs_registry)) return asked;
  auto ask = registry_over_http(config, [] { return stop_requested(); });
  if (!ask) return std::unexpected(ask.error());
  asked.url_ = config.url;
  asked.ask_ = std::move(*ask);
  asked.registry_ = std::make_unique<SchemaRegistry>(config, asked.ask_);
  return asked;
}

std::string AskedSchemas::reach() const {
  if (registry_ == nullptr) return {};
  const auto answer = ask_("/schemas/types");
  const std::string problem = answer ? registry_problem(*answer) : answer.error();
  return problem.empty() ? "" : "schema_registry: " + url_ + ": " + problem;
}

std::string AskedSchemas::attach(const std::string& topic, MessageBatch& batch) {
  if (registry_ == nullptr) return {};
  while (!registry_->attach(topic, batch)) {
    registry_->step(50ms);
    const auto status = registry_->status();
    if (!status->problems.empty()) return "schema_registry: " + status->problems.front();
    if (stop_requested()) return "stopped";
  }
  return {};
}

}  // namespace driftd
