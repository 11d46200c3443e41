// Every key of the configuration, once: type, default, bounds, help and the place of its value in the structs. Parsing, printing,
// JSON Schema and the reference page all walk this table; nothing else knows a key. Thread: any, after the first call of key_table().
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.h"

namespace driftd {

// What the file says of one monitor: `topic: T` lets it carry the keys of stream T as well.
struct MonitorEntry {
  MonitorConfig monitor;
  std::string topic;
  StreamConfig stream;
};

// What the file says as a whole, before topics become streams. `defaults` also holds the top level's `alerts`.
struct Document {
  Config config;
  MonitorEntry defaults;
  std::vector<MonitorEntry> monitors;
  std::size_t declared_streams = 0;  // of config.streams; behind them are those that monitors imply by `topic`
};

// Where a key's value lives. uint8_t: an enum, as index into the choices; bool with choices: index 0 or 1;
// StreamConfig: `start`, which is two members.
using KeySlot = std::variant<std::string*, bool*, std::uint8_t*, std::uint32_t*, std::uint64_t*, double*, Milliseconds*,
                             std::optional<std::uint64_t>*, std::optional<double>*, std::optional<Milliseconds>*,
                             std::optional<FalseAlarms>*, std::vector<std::string>*, std::map<std::string, std::string>*,
                             std::map<std::string, std::vector<std::string>>*, std::vector<DetectorConfig>*, StreamConfig*>;

enum class FieldType : std::uint8_t {
  kGroup,    // a map of the keys below it
  kEntries,  // a list of maps of the keys below it
  kText,
  kPath,  // relative paths start at the configuration's folder
  kBoolean,
  kInteger,
  kNumber,
  kDuration,
  kSize,
  kChoice,
  kStart,  // latest | earliest | RFC 3339
  kRate,   // "N per DURATION" | off
  kTextList,
  kTextMap,    // name to value
  kListMap,    // segments.values: column to values
  kDetectors,  // auto | name to options
};

struct ConfigKey {
  std::string name;
  std::string help;
  FieldType type = FieldType::kText;
  std::function<KeySlot(void* owner)> slot;  // leaves; owner is the struct of the entry, or the Document

  double min = 0;  // numbers; durations in ms; sizes in bytes
  double max = std::numeric_limits<double>::max();
  bool may_be_auto = false;   // `auto` = nothing chosen (nullopt or 0)
  bool may_be_empty = false;  // durations: "" = nothing chosen (nullopt)
  std::vector<std::string> choices;
  std::optional<std::string> (*expected)(const std::string& text) = nullptr;  // texts: what was expected, if the value is not that
  // Of the names of a kTextMap; nullptr: they are options of librdkafka.
  std::optional<std::string> (*expected_name)(const std::string& text) = nullptr;

  bool required = false;
  std::string example;           // on the reference page, in place of an empty default
  bool stream_key = false;       // in a monitor: only together with `topic`, not printed as effective
  bool repeats = false;          // its keys are explained elsewhere: empty on the reference page
  bool monitor_default = false;  // at the top: a default of monitors, printed there as effective
  bool reloads = false;          // at the top: a reload takes what changed below it; else a changed key refuses the reload

  std::vector<ConfigKey> keys;             // kGroup, kEntries
  std::function<void*(Document&)> append;  // kEntries: a new entry with its defaults
  std::function<std::size_t(const Document&)> count;
  std::function<void*(Document&, std::size_t)> entry;
};

// The table: a group without a name whose owner is a Document.
const ConfigKey& key_table();

// The key below a group or list entry; nullptr = none.
const ConfigKey* find_key(const ConfigKey& group, std::string_view name);

std::vector<std::string> key_names(const ConfigKey& group);

bool is_leaf(const ConfigKey& field);

}  // namespace driftd
