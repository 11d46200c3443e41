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
#include "daemon/sink/push_plan.h"
#include "daemon/window/label_join.h"
#include "daemon/window/partition_panes.h"
#include "detectors/reference/reference.h"

namespace driftd {

struct StreamPlan {
  StreamConfig config;
  DecodePlan decode;
  std::vector<PartitionPanes::Monitor> monitors;  // what stage 1 counts or keeps of it, and for whom
};

inline constexpr std::uint32_t kNoLosses = UINT32_MAX;

struct EnginePlan {
  std::vector<StreamPlan> streams;
  std::map<std::string, std::uint32_t> stream_of_topic;
  // One entry a monitor, all by the same index: first those of the configuration, then one for the losses of each that has labels on a
  // topic of their own, whose windows close when the labels are in.
  std::vector<std::shared_ptr<const Reference>> references;
  std::vector<PanePlan> panes;
  std::vector<MonitorPlan> monitors;
  std::vector<AlertPlan> alerts;
  std::vector<MonitorConfig> configs;    // of the monitors of the configuration only
  std::vector<std::uint32_t> owners;     // by monitor: index in configs
  std::vector<std::uint32_t> losses_of;  // by monitor of the configuration: index of its losses, kNoLosses
  std::vector<std::unique_ptr<LabelJoinPlan>> joins;
  std::vector<std::unique_ptr<const FeatureReference>> made_losses;  // where a reference has none; FeaturePlan points at them
  std::string config_hash;                                           // of the configuration as a whole
  bool windows_to_kafka = false;
  bool detailed = false;              // metrics.level: what costs more than a look at the counts is worked out too
  std::vector<PushPlan> pushes;       // who gets alerts by HTTP, and which
  std::vector<std::string> warnings;  // things an operator should hear at start
};

// Columns of the CSV files of a topic, for streams of that format.
struct CsvLayout {
  std::vector<std::string> header;
  char delimiter = ',';
};

// references: by monitor, in the order of config.monitors. Error: messages for the operator, a line each, beginning with its
// monitor (exit 78).
std::expected<std::unique_ptr<const EnginePlan>, std::string> make_engine_plan(const Config& config,
                                                                               std::vector<std::shared_ptr<const Reference>> references,
                                                                               const std::map<std::string, CsvLayout>& csv = {});

}  // namespace driftd
