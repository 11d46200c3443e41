#include "daemon/sink/push_plan.h"

#include <algorithm>

#include "daemon/runtime/glob.h"

namespace driftd {

bool PushPlan::wants(const std::string& monitor, std::string_view kind, std::string_view transition) const {
  if (std::ranges::find(send, transition) == send.end()) return false;
  if (!kinds.empty() && std::ranges::find(kinds, kind) == kinds.end()) return false;
  return matches_any(monitors, monitor);
}

std::string alertmanager_name(const std::string& url) {
  std::string_view address = url;
  address.remove_prefix(std::min(address.size(), address.find("://") + 3));
  while (address.ends_with('/')) address.remove_suffix(1);
  return "alertmanager/" + std::string(address);
}

std::string webhook_name(const std::string& name) { return "webhook/" + name; }

std::vector<PushPlan> push_plans(const AlertSinksConfig& sinks) {
  std::vector<PushPlan> plans;
  for (const std::string& url : sinks.alertmanager.urls)
    plans.push_back({alertmanager_name(url), {"firing", "updated", "resolved"}, {}, {"*"}});
  for (const WebhookConfig& webhook : sinks.webhooks) {
    plans.push_back({webhook_name(webhook.name), webhook.send, webhook.kinds, webhook.monitors});
  }
  return plans;
}

}  // namespace driftd
