// An alert event read back, for receivers that want something else than the event: its texts, and the alert as Alertmanager and
// its readers know it. Pure.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "daemon/decode/json_tree.h"

namespace driftd {

struct PushedAlert {
  std::string id, alert_id, fingerprint;
  std::string transition;  // the last word of the type before its version: firing, updated, resolved, pending, test
  std::string kind, severity, monitor, feature, segment, summary, page;
  std::int64_t time_us = 0;  // end of the window
  JsonTree event;
};

// Error: what is wrong with the text. A value that is not there is "".
std::expected<PushedAlert, std::string> read_pushed_alert(std::string_view event);

// Identity only: what is equal for all that is sent of one alert. extra: labels of the configuration.
std::map<std::string, std::string> alert_labels(const PushedAlert& alert, const std::map<std::string, std::string>& extra);
// Everything that may differ between two events of it: the sentence and the numbers.
std::map<std::string, std::string> alert_annotations(const PushedAlert& alert);

}  // namespace driftd
