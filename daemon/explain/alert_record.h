// An alert event as it was sent (interfaces 5), read back as values: what `driftd explain` and the page tell of an alert. Pure.
#pragma once

#include <cstdint>
#include <expected>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace driftd {

// Numbers that the event has as null, or not at all, are NaN; texts are "".
struct AlertRecord {
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

  std::string event_id, time;  // time: end of the window
  std::string alert_id, kind, state, previous_state, severity;
  std::string monitor, feature, feature_type, segment, model_version;
  std::string summary, detector, config_hash, page, runbook, grafana;
  double statistic = kNone, p_value = kNone, log_p = kNone, threshold = kNone, before = kNone, after = kNone;
  std::uint64_t rows = 0;  // behind the statistic
  std::map<std::string, double> effects;

  struct Policy {
    std::string type;  // level, fixed, sequential
    double alpha = kNone;
    std::string false_alarms;
  } policy;

  struct Offsets {
    std::string topic;
    std::int64_t partition = 0, from = 0, to = 0;  // both ends inclusive
  };
  struct Window {
    std::string start, end;
    std::uint64_t samples = 0, offsets_omitted = 0;
    double missing_ratio = kNone;
    bool complete = true;
    std::vector<Offsets> offsets;
  } window;

  struct Reference {
    std::string id, created;
    std::uint64_t samples = 0;
    double missing_ratio = kNone;
  } reference;

  struct Bin {
    std::string label;
    double reference = 0, current = 0, contribution = 0;
  };
  std::vector<Bin> top_bins;
};

// One event's JSON text. The error says what is wrong with it: "not JSON: ...", "data.window.samples is missing", or that it is an
// event of another type.
std::expected<AlertRecord, std::string> read_alert_event(std::string_view text);

// A file of events, one a line, or one event over several lines. Closed windows among them are left out, and of an event that
// was sent twice the second. The error names the line.
std::expected<std::vector<AlertRecord>, std::string> read_alert_events(std::string_view text);

// The text of an event with a line for each value; as it is where it is no JSON.
std::string indented_event(std::string_view text);

}  // namespace driftd
