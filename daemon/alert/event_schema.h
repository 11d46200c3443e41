// The alert event's contract as JSON Schema 2020-12: what `driftd schema event` prints. Made from one table, which a test holds
// against the events themselves. Fields may be added in a minor version, so unknown ones are allowed.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace driftd {

struct EventField {
  std::string_view path;  // from the top, dotted; "[]" = each element: data.window.offsets[].from
  std::string_view type;  // of JSON Schema; with "?": or null
  bool always = true;     // in every event
  std::string_view help;
  std::string_view choices{};  // closed list, separated by '|'
};

std::span<const EventField> event_fields();  // sorted by path; a parent stands before its children

std::string event_schema();  // indented, ends in '\n'; deterministic

}  // namespace driftd
