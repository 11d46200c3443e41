// OUT of alert: transitions of alerts. One alert is one (kind, monitor, feature, segment).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "daemon/alert/links.h"
#include "daemon/monitor/verdict.h"
#include "daemon/status.h"

namespace driftd {

// What the alert stage must know of a monitor, fixed for the life of a configuration.
struct AlertPlan {
  std::string monitor;
  std::string window_subject;  // whose windows these are: the monitor, or NAME/performance
  AlertConfig config;
  double alpha = kNoNumber;  // level of one test (decision 21); NaN: false_alarms is off
  std::string reference_id;
  std::uint64_t reference_rows = 0;
  std::int64_t reference_created_us = kNoTime;
  std::string source = "/driftd/driftd";  // CloudEvents source
  std::string config_hash, version;
  LinkBases links;
  std::string topic;  // alerts topic; "" = no events leave
  struct Feature {
    std::string name;
    bool numeric = true;
    Kind kind = Kind::kDrift;  // of its drift measures
    double min_effect = 0.1;
  };
  std::vector<Feature> features;
  std::vector<std::string> segments;  // [0] = "all"
};

enum class Transition : std::uint8_t { kPending, kFiring, kUpdated, kResolved };
std::string_view transition_name(Transition transition);

struct AlertTransition {
  Transition transition = Transition::kFiring;
  std::string alert_id, event_id;  // hex, interfaces 5
  Kind kind = Kind::kDrift;
  std::uint32_t feature = 0, segment = 0;
  std::string severity;  // warning | critical
  std::string summary;   // one plain sentence with real values
  std::string event;     // CloudEvents JSON, deterministic bytes
};

}  // namespace driftd
