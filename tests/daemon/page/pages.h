// Every page over the test status, and over one whose every name is hostile.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/page/alert.h"
#include "daemon/page/daemon.h"
#include "daemon/page/feature.h"
#include "daemon/page/monitor.h"
#include "daemon/page/overview.h"
#include "daemon/page/reference.h"
#include "daemon/page/timeline.h"
#include "tests/daemon/status_fixture.h"

namespace driftd::test {

inline constexpr char kHostile[] = "<script>alert(\"1\")</script>'&\n\x1b\xff/../%2e?#{}";

inline DaemonStatus hostile_page_status() {
  DaemonStatus status = make_status();
  MonitorStatus monitor = census_monitor();
  monitor.name = monitor.stream = monitor.reference_id = monitor.reference_path = kHostile;
  monitor.window_samples = {{kHostile, 1}, {"all", 2}};
  for (auto& feature : monitor.features) {
    feature.name = feature.segment = feature.kind = kHostile;
    for (auto& cell : feature.cells) cell.label = kHostile;
    for (auto& method : feature.methods) method.method = kHostile;
  }
  for (auto& alert : monitor.alerts) {
    alert.alert_id = alert.kind = alert.feature = alert.segment = alert.severity = alert.summary = alert.event_json = kHostile;
  }
  status.monitors = {std::make_shared<const MonitorStatus>(monitor)};
  status.partitions = {make_partition(kHostile, 0, kHostile, 5, 9)};
  status.version = status.revision = status.config_hash = kHostile;
  status.not_ready = status.stalled = {kHostile};
  status.sinks = {{kHostile, 1, 1, 1, 1}};
  status.kafka_errors = {{kHostile, 1}};
  return status;
}

inline PageView view_of(const DaemonStatus& status, std::string segment = "all") {
  PageView view{status};
  view.now_us = kNow;
  view.path = "/ui/here";
  view.segment = std::move(segment);
  return view;
}

inline std::vector<std::string> every_page(const DaemonStatus& status) {
  std::vector<std::string> pages{overview_page(view_of(status)), alerts_page(view_of(status)), daemon_page(view_of(status))};
  for (const auto& monitor : status.monitors) {
    pages.push_back(monitor_page(view_of(status, monitor->features.front().segment), *monitor));
    for (const FeatureStatus& feature : monitor->features)
      pages.push_back(feature_page(view_of(status, feature.segment), in_last_window(*monitor, feature)));
    pages.push_back(reference_page(view_of(status, monitor->features.front().segment), *monitor));
    for (const AlertStatus& alert : monitor->alerts) pages.push_back(alert_page(view_of(status), *monitor, alert));
  }
  return pages;
}

inline bool has(const std::string& page, std::string_view part) { return page.find(part) != std::string::npos; }

}  // namespace driftd::test
