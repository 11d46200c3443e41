// Alerts in plain words. Pure; any thread.
#pragma once

#include <span>

#include "daemon/page/html.h"
#include "daemon/status.h"

namespace driftd {

struct NamedAlert {
  const MonitorStatus* monitor = nullptr;
  const AlertStatus* alert = nullptr;
};

// Firing before pending, critical before warning, then the newest.
std::vector<NamedAlert> open_alerts(const DaemonStatus& status);
std::vector<NamedAlert> open_alerts(const MonitorStatus& monitor);
std::vector<NamedAlert> resolved_alerts(const MonitorStatus& monitor);  // the newest first

// A list with state, sentence, since when; nothing for none.
Markup alert_list(std::span<const NamedAlert> alerts);
// The first subjects of the open ones, each with its segments behind it, and where all are.
Markup first_alerts(std::span<const NamedAlert> open);

// "relp in employment, segment sex=1"
std::string alert_subject(const MonitorStatus& monitor, const AlertStatus& alert);
Markup alert_badge(const AlertStatus& alert);

}  // namespace driftd
