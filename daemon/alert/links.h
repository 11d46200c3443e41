// Where an alert, a monitor or a feature is seen elsewhere: driftd's page, Grafana, runbooks. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace driftd {

// Starts of links, from the configuration, with or without a slash at the end; "" leaves its links out.
struct LinkBases {
  std::string page;      // http.external_url
  std::string grafana;   // alerts.links.grafana
  std::string runbooks;  // alerts.links.runbooks; "" = those that driftd serves itself, beside its page
};

struct AlertSubject {
  std::string_view alert_id, kind, severity, monitor, feature, segment;
  std::int64_t start_us = 0, end_us = 0;  // of the window
};

// As interfaces 7 name the rules, and as runbooks are named: DriftdFeatureDrift, DriftdFeatureDriftCritical, DriftdDataQuality, ...
std::string alert_name(std::string_view kind, std::string_view severity);

std::string page_link(const LinkBases& bases, const AlertSubject& alert);
std::string runbook_link(const LinkBases& bases, const AlertSubject& alert);
// The dashboard of the feature (of the labels where the alert is about performance), from ten windows before to one after.
std::string grafana_link(const LinkBases& bases, const AlertSubject& alert);
// The dashboard of a monitor.
std::string grafana_link(const LinkBases& bases, std::string_view monitor);

// A base and what follows it, which begins with a slash; "" without a base.
std::string link(std::string_view base, std::string_view path);

}  // namespace driftd
