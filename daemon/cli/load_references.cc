#include "daemon/cli/load_references.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include "daemon/cli/verb.h"
#include "daemon/engine_labels.h"
#include "daemon/reference/reference_builder.h"

namespace driftd {

namespace {

const StreamConfig& stream_of(const Config& config, const MonitorConfig& monitor) {
  return *std::find_if(config.streams.begin(), config.streams.end(), [&](const auto& stream) { return stream.name == monitor.stream; });
}

ReferenceOptions options_of(const StreamConfig& stream, const MonitorConfig& monitor) {
  ReferenceOptions options;
  options.time_column = stream.fields.event_time;
  options.time_unit = stream.fields.event_time_unit;
  options.prediction_column = stream.fields.prediction;
  options.label_column = monitor.labels.topic.empty() ? stream.fields.label : monitor.labels.value;
  options.task = chosen_task(monitor.performance.task);
  options.threshold = monitor.performance.threshold;
  options.segment_by = monitor.segments.by;
  options.missing_is_fine = true;
  options.say = [name = monitor.name](const std::string& line) {
    std::fprintf(stderr, "driftd: reference of monitor '%s': %s\n", name.c_str(), line.c_str());
  };
  return options;
}

}  // namespace

namespace {

// What options_of reads, as a key.
std::string source_of(const MonitorConfig& monitor) {
  std::string key = monitor.stream + '\n' + monitor.reference;
  for (const std::string& column : monitor.segments.by) key += '\n' + column;
  return key + "\n\n" + monitor.labels.value + '\n' + std::to_string(static_cast<int>(monitor.performance.task)) + '\n' +
         std::to_string(monitor.performance.threshold);
}

// References that were loaded, by source_of.
class Loader {
 public:
  explicit Loader(const Config& config) : config_(config) {}

  std::expected<std::shared_ptr<const Reference>, ReferenceFailure> load(const MonitorConfig& monitor) {
    auto& shared = loaded_[source_of(monitor)];
    if (shared) return shared;
    auto reference = load_reference(monitor.reference, options_of(stream_of(config_, monitor), monitor));
    if (!reference) {
      return std::unexpected(
          ReferenceFailure{exit_code(reference.error().kind), "monitor '" + monitor.name + "': " + reference.error().message});
    }
    return shared = std::make_shared<const Reference>(std::move(*reference));
  }

 private:
  const Config& config_;
  std::map<std::string, std::shared_ptr<const Reference>> loaded_;
};

}  // namespace

std::expected<std::vector<std::shared_ptr<const Reference>>, ReferenceFailure> load_references(const Config& config) {
  std::vector<std::shared_ptr<const Reference>> references;
  Loader loader(config);
  for (const MonitorConfig& monitor : config.monitors) {
    auto reference = loader.load(monitor);
    if (!reference) return std::unexpected(std::move(reference.error()));
    references.push_back(std::move(*reference));
  }
  return references;
}

std::expected<std::vector<std::shared_ptr<const Reference>>, std::vector<std::pair<std::size_t, ReferenceFailure>>> load_all_references(
    const Config& config) {
  std::vector<std::shared_ptr<const Reference>> references;
  std::vector<std::pair<std::size_t, ReferenceFailure>> failures;
  Loader loader(config);
  for (std::size_t m = 0; m < config.monitors.size(); ++m) {
    auto reference = loader.load(config.monitors[m]);
    if (reference) {
      references.push_back(std::move(*reference));
    } else {
      failures.emplace_back(m, std::move(reference.error()));
    }
  }
  if (!failures.empty()) return std::unexpected(std::move(failures));
  return references;
}

}  // namespace driftd
