#include "daemon/alert/links.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "daemon/http/target.h"
#include "daemon/source/message.h"

namespace driftd {

std::string alert_name(std::string_view kind, std::string_view severity) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kNames{{{"prediction", "DriftdPredictionDrift"},
                                                                                 {"multivariate", "DriftdMultivariateDrift"},
                                                                                 {"performance", "DriftdPerformanceDegraded"},
                                                                                 {"quality", "DriftdDataQuality"},
                                                                                 {"labels", "DriftdLabelProblem"},
                                                                                 {"test", "DriftdTest"}}};
  for (const auto& [name, alert] : kNames) {
    if (name == kind) return std::string(alert);
  }
  return severity == "critical" ? "DriftdFeatureDriftCritical" : "DriftdFeatureDrift";
}

std::string link(std::string_view base, std::string_view path) {
  if (base.empty()) return {};
  return fmt::format("{}{}", base.ends_with('/') ? base.substr(0, base.size() - 1) : base, path);
}

std::string page_link(const LinkBases& bases, const AlertSubject& alert) {
  return link(bases.page, fmt::format("/ui/alerts/{}", alert.alert_id));
}

std::string runbook_link(const LinkBases& bases, const AlertSubject& alert) {
  const std::string name = alert_name(alert.kind, alert.severity);
  return bases.runbooks.empty() ? link(bases.page, "/runbooks/" + name) : link(bases.runbooks, "/" + name);
}

std::string grafana_link(const LinkBases& bases, const AlertSubject& alert) {
  constexpr std::int64_t kBefore = 10, kAfter = 1;  // windows
  std::string path = alert.kind == "performance"
                         ? fmt::format("/d/driftd-labels?var-monitor={}", percent_encode(alert.monitor))
                         : fmt::format("/d/driftd-feature?var-monitor={}&var-feature={}&var-segment={}", percent_encode(alert.monitor),
                                       percent_encode(alert.feature), percent_encode(alert.segment));
  if (alert.start_us == kNoTime || alert.end_us == kNoTime) return link(bases.grafana, path);
  const std::int64_t length = alert.end_us - alert.start_us;
  path += fmt::format("&from={}&to={}", (alert.start_us - kBefore * length) / 1000, (alert.end_us + kAfter * length) / 1000);
  return link(bases.grafana, path);
}

std::string grafana_link(const LinkBases& bases, std::string_view monitor) {
  return link(bases.grafana, fmt::format("/d/driftd-monitor?var-monitor={}", percent_encode(monitor)));
}

}  // namespace driftd
