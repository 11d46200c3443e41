// Who gets alerts by HTTP, and which of them: one entry a receiver, in one order everywhere. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"

namespace driftd {

struct PushPlan {
  std::string name;                // of the sink in metrics and snapshots: alertmanager/HOST:PORT or webhook/NAME
  std::vector<std::string> send;   // transitions
  std::vector<std::string> kinds;  // empty = all
  std::vector<std::string> monitors{"*"};

  bool wants(const std::string& monitor, std::string_view kind, std::string_view transition) const;
};

std::string alertmanager_name(const std::string& url);  // its address without the scheme
std::string webhook_name(const std::string& name);

// The Alertmanagers, then the webhooks, each in the configuration's order.
std::vector<PushPlan> push_plans(const AlertSinksConfig& sinks);

}  // namespace driftd
