#include "daemon/cli/prepare.h"

#include <fmt/format.h>

#include <utility>

#include "config/reload_rules.h"
#include "daemon/cli/load_references.h"
#include "daemon/engine_plan.h"
#include "daemon/runtime/split.h"

namespace driftd {
namespace {

std::string place_of(const Loaded& loaded, std::size_t monitor, const char* key) {
  for (const std::string& path : {fmt::format("monitors[{}]{}", monitor, key), fmt::format("monitors[{}]", monitor)}) {
    if (const auto found = loaded.origins.find(path); found != loaded.origins.end()) return found->second;
  }
  return loaded.config.source;
}

// Of the plan: a line a problem, each beginning with its monitor.
Problems plan_problems(const Loaded& loaded, std::string_view lines) {
  Problems problems;
  for (const std::string_view line : split(lines, '\n')) {
    std::string place = loaded.config.source;
    for (std::size_t m = 0; m < loaded.config.monitors.size(); ++m) {
      if (line.starts_with("monitor '" + loaded.config.monitors[m].name + "'")) place = place_of(loaded, m, "");
    }
    problems.push_back(problem_at(place, std::string(line)));
  }
  return problems;
}

}  // namespace

std::expected<Prepared, Problems> prepare(const Loaded& loaded) {
  auto references = load_all_references(loaded.config);
  if (!references) {
    Problems problems;
    for (const auto& [monitor, failure] : references.error()) {
      problems.push_back(problem_at(place_of(loaded, monitor, ".reference"), failure.message));
    }
    return std::unexpected(std::move(problems));
  }
  auto plan = make_engine_plan(loaded.config, std::move(*references));
  if (!plan) return std::unexpected(plan_problems(loaded, plan.error()));
  return Prepared{loaded.config, std::move(*plan)};
}

}  // namespace driftd
