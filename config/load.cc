#include "config/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "config/bind.h"
#include "config/cross_checks.h"
#include "config/field_value.h"
#include "config/fields.h"
#include "config/join_streams.h"
#include "config/overrides.h"
#include "config/print.h"
#include "config/yaml_reader.h"

namespace driftd {
namespace {

// A monitor's key that it does not set itself comes from `defaults`, else from the top level's `alerts`.
void inherit_places(Places& places, std::size_t monitors) {
  Places inherited;
  for (const auto& [path, mark] : places) {
    const bool from_defaults = path.starts_with("defaults.");
    const bool of_sinks =
        path.starts_with("alerts.kafka") || path.starts_with("alerts.alertmanager") || path.starts_with("alerts.webhooks");
    if (!from_defaults && (!path.starts_with("alerts.") || of_sinks)) continue;
    for (std::size_t i = 0; i < monitors; ++i) {
      const std::string below = from_defaults ? path.substr(path.find('.') + 1) : path;
      const std::string target = fmt::format("monitors[{}].{}", i, below);
      if (from_defaults) {
        inherited.insert_or_assign(target, mark);
      } else {
        inherited.emplace(target, mark);
      }
    }
  }
  places.merge(inherited);
}

Config finish(Document& document, const std::string& source_name) {
  Config config = std::move(document.config);
  for (auto& entry : document.monitors) config.monitors.push_back(std::move(entry.monitor));
  config.source = source_name;
  config.hash = hash_of(config);
  return config;
}

}  // namespace

std::expected<Loaded, Problems> load(const std::string& text, const std::string& source_name, const LoadOptions& options) {
  Report report;
  YamlNode root = read_yaml(source_name, text, report);
  if (root.kind == YamlNode::Kind::kRefused) return std::unexpected(report.problems());
  const bool readable = report.clean();
  apply_environment(root, options.environment, report);
  apply_set(root, options.set, report);

  Document document;
  const SubstituteContext substitute{options.environment, options.base_dir};
  const ReadContext context{report, substitute, options.check_librdkafka};
  Binder binder(document, context);
  binder.bind(root);
  Places places = binder.places();
  // Half a tree would only bring problems that follow from the others.
  if (readable) {
    join_streams(document, places, report);
    inherit_places(places, document.monitors.size());
    cross_check(document, places, options.for_kafka, report);
  }
  if (!report.clean()) return std::unexpected(report.problems());

  Loaded loaded{finish(document, source_name), report.warnings(), {}};
  for (const auto& [path, mark] : places) loaded.origins[path] = report.place(mark);
  return loaded;
}

}  // namespace driftd
