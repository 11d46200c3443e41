// Configuration + references -> what each stage needs, compiled once. Pure.
#pragma once

#include <expected>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "daemon/alert/alert.h"
#include "daemon/decode/decoder.h"
#include "daemon/monitor/monitor_plan.h"
#include "daemon/window/pane_plan.h"
#include "detectors/reference/reference.h"

namespace driftd {

struct StreamPlan {
  StreamConfig config;
  DecodePlan decode;
  std::vector<std::uint32_t> monitors;  // indices
};

struct EnginePlan {
  std::vector<StreamPlan> streams;
  std::map<std::string, std::uint32_t> stream_of_topic;
  // One entry a monitor, all by the same index.
  std::vector<std::shared_ptr<const Reference>> references;
  std::vector<PanePlan> panes;
  std::vector<MonitorPlan> monitors;
  std::vector<AlertPlan> alerts;
  std::vector<MonitorConfig> configs;
  bool windows_to_kafka = false;
  std::vector<std::string> warnings;  // things an operator should hear at start
};

// Columns of CSV files, for streams of that format.
struct CsvLayout {
  std::vector<std::string> header;
  char delimiter = ',';
};

// references: by monitor, in the order of config.monitors. Error: a message for the operator (exit 78).
std::expected<std::unique_ptr<const EnginePlan>, std::string> make_engine_plan(const Config& config,
                                                                               std::vector<std::shared_ptr<const Reference>> references,
                                                                               const CsvLayout& csv = {});

}  // namespace driftd
