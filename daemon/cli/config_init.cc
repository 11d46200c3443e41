#include "daemon/cli/config_init.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <span>

#include "daemon/reference/cell_value.h"
#include "daemon/reference/column_evidence.h"
#include "daemon/runtime/json_writer.h"
#include "daemon/table/table_files.h"

namespace driftd {
namespace {

using Finding = ColumnEvidence::Finding;

constexpr std::size_t kSegmentValues = 10;                     // more make no segments that a person looks at
constexpr double kSegmentShare = 0.05;                         // of the rows, for each of them
constexpr double kEarliest = 978'307'200, kLatest = 4.1024e9;  // 2001 and 2100 in seconds: what a time of today looks like

constexpr std::array kTimeNames{"event_time", "event_timestamp", "timestamp", "ts", "time", "at"};
constexpr std::array kPredictionNames{"prediction", "predicted", "predicted_label", "predicted_class", "y_pred", "y_hat", "yhat",
                                      "pred",       "score",     "y_score",         "probability",     "proba",  "prob"};
constexpr std::array kLabelNames{"label", "target", "y", "y_true", "ground_truth", "actual", "truth", "outcome"};

// What the rows show of one column.
struct Column {
  std::string name;
  ColumnEvidence evidence;
  std::uint64_t values = 0;
  bool whole = true;                            // every value is a whole number
  double min = 0, max = 0;                      // of whole numbers
  std::map<std::string, std::uint64_t> counts;  // of up to kSegmentValues + 1 different values

  void add(const Cell& cell);
  bool is_constant() const { return values > 1 && counts.size() == 1; }
  bool could_be_feature() const {
    return !is_constant() && (evidence.finding() == Finding::kNumeric || evidence.finding() == Finding::kCategorical);
  }
};

void Column::add(const Cell& cell) {
  evidence.add(cell);
  CategoryBuffer buffer;
  const auto text = category_value(cell, buffer);
  if (text.value_class != ValueClass::kValid) return;
  const auto number = numeric_value(cell);
  whole = whole && number.value_class == ValueClass::kValid && std::trunc(number.value) == number.value;
  if (whole) {
    min = values == 0 ? number.value : std::min(min, number.value);
    max = values == 0 ? number.value : std::max(max, number.value);
  }
  ++values;
  if (const auto found = counts.find(std::string(text.text)); found != counts.end()) {
    ++found->second;
  } else if (counts.size() <= kSegmentValues) {
    counts.emplace(text.text, 1);
  }
}

// The last key of a dotted path in small letters: what a field is called.
std::string short_name(const std::string& path) {
  std::string name = path.substr(path.rfind('.') + 1);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

bool sounds_like_time(const std::string& path) {
  const std::string name = short_name(path);
  return name.contains("time") || name.contains("date") || name.ends_with("_at") || name.ends_with("_ts") || name == "ts" || name == "at";
}

// Unit of whole numbers that all lie in this century; "" = they are no times.
std::string time_unit(const Column& column) {
  if (!column.whole || column.values == 0) return "";
  double scale = 1;
  for (const char* unit : {"s", "ms", "us", "ns"}) {
    if (column.min >= kEarliest * scale && column.max < kLatest * scale) return unit;
    scale *= 1000;
  }
  return "";
}

bool is_time(const Column& column) {
  if (column.evidence.finding() == Finding::kTimes) return true;
  const std::string unit = time_unit(column);  // seconds are small numbers: only a name tells them from others
  return !unit.empty() && (unit != "s" || sounds_like_time(column.name));
}

// The column whose name comes first in the list; null where none has such a name.
const Column* named(std::span<const char* const> names, const std::vector<Column>& columns) {
  for (const char* name : names) {
    const auto found = std::ranges::find_if(columns, [&](const Column& column) { return short_name(column.name) == name; });
    if (found != columns.end()) return &*found;
  }
  return nullptr;
}

// A time by one of the usual names, else by any that sounds so, else the first one.
const Column* event_time(const std::vector<Column>& columns) {
  std::vector<Column> times;
  std::ranges::copy_if(columns, std::back_inserter(times), is_time);
  const Column* found = named(kTimeNames, times);
  const auto sounding = std::ranges::find_if(times, [](const Column& column) { return sounds_like_time(column.name); });
  if (found == nullptr && sounding != times.end()) found = &*sounding;
  if (found == nullptr && !times.empty()) found = &times.front();
  if (found == nullptr) return nullptr;
  return &*std::ranges::find(columns, found->name, &Column::name);
}

const Column* event_id(const std::vector<Column>& columns) {
  const auto is_key = [](const Column& column) { return column.evidence.finding() == Finding::kAllDistinct; };
  const auto sounds_so = [&](const Column& column) {
    const std::string name = short_name(column.name);
    return is_key(column) && (name.ends_with("id") || name.ends_with("key"));
  };
  auto found = std::ranges::find_if(columns, sounds_so);
  if (found == columns.end()) found = std::ranges::find_if(columns, is_key);
  return found == columns.end() ? nullptr : &*found;
}

// A text for YAML: double-quoted as in JSON, a dollar doubled since ${...} would be read.
std::string quoted(const std::string& text) {
  std::string json, out;
  append_json_string(json, text);
  for (const char c : json) out += c == '$' ? "$$" : std::string(1, c);
  return out;
}

// A glob that matches the name and nothing else.
std::string exact_glob(const std::string& name) {
  std::string glob;
  for (const char c : name) {
    if (std::string_view("*?[]\\").contains(c)) glob += '\\';
    glob += c;
  }
  return glob;
}

// [a-z0-9][a-z0-9_-]{0,62}, as a monitor's name must be.
std::string monitor_name(const std::string& topic) {
  std::string name;
  for (const char c : topic.substr(0, 63)) {
    const auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    name += std::isalnum(static_cast<unsigned char>(lower)) || lower == '_' ? lower : '-';
  }
  if (name.empty() || !std::isalnum(static_cast<unsigned char>(name.front()))) name = ("m" + name).substr(0, 63);
  return name;
}

class ConfigText {
 public:
  ConfigText(const ConfigInitOptions& options, std::vector<Column> columns, std::uint64_t rows)
      : options_(options), columns_(std::move(columns)), rows_(rows) {}

  std::string write() {
    line(fmt::format("# Written by `driftd config init` from {} rows of {}. Look at every guess, then: driftd check -c FILE", rows_,
                     one_line(options_.sample)));
    write_brokers();
    line("monitors:");
    line(fmt::format("  - name: {}", quoted(monitor_name(options_.topic))));
    line(fmt::format("    topic: {}", quoted(options_.topic)));
    line("    # The sample itself. Rows that you trust make a better one: driftd reference build ROWS... -o FILE.ref, and name that here.");
    line(fmt::format("    reference: {}", quoted(std::filesystem::absolute(options_.sample).string())));
    write_fields();
    write_excluded();
    write_segments();
    return std::move(text_);
  }

 private:
  void line(const std::string& text) { text_ += text + '\n'; }
  void guess(const std::string& key, const std::string& value, const std::string& why) {
    fields_ += fmt::format("      {}: {}  # guessed: {}\n", key, value, why);
  }
  // Comments must not break off, whatever a file or a value is called.
  static std::string one_line(std::string text) {
    std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20; }, ' ');
    return text;
  }

  void write_brokers() {
    std::string list;
    for (const auto& broker : options_.brokers) list += (list.empty() ? "" : ", ") + quoted(broker);
    line(list.empty() ? "kafka: {brokers: [\"localhost:9092\"]}  # guessed: --brokers was not given"
                      : fmt::format("kafka: {{brokers: [{}]}}", list));
  }

  void write_fields();
  void guess_time();
  void write_excluded();
  void write_segments();

  const ConfigInitOptions& options_;
  std::vector<Column> columns_;
  std::uint64_t rows_;
  std::string text_, fields_;
  const Column* time_ = nullptr;
};

void ConfigText::guess_time() {
  time_ = event_time(columns_);
  if (time_ == nullptr) {
    return line("    # No column holds times (RFC 3339, or integers since 1970): the record's own timestamp counts.");
  }
  if (time_->evidence.finding() == Finding::kTimes) return guess("event_time", quoted(time_->name), "every value is RFC 3339");
  const std::string unit = time_unit(*time_);
  guess("event_time", quoted(time_->name), fmt::format("whole numbers that are {} since 1970 in this century", unit));
  guess("event_time_unit", unit, "by their size");
}

void ConfigText::write_fields() {
  guess_time();
  if (const Column* id = event_id(columns_)) guess("event_id", quoted(id->name), "no value comes twice");
  const Column* const prediction = named(kPredictionNames, columns_);
  const Column* const label = named(kLabelNames, columns_);
  if (prediction != nullptr) guess("prediction", quoted(prediction->name), "its name");
  if (label != nullptr) guess("label", quoted(label->name), "its name");
  if (prediction == nullptr || label == nullptr) {
    line("    # Without prediction and label only drift of the data is seen, not of the model's errors.");
  }
  if (!fields_.empty()) text_ += "    fields:\n" + fields_;
}

void ConfigText::write_excluded() {
  std::string lines;
  const auto exclude = [&](const Column& column, const std::string& why) {
    lines += fmt::format("        - {}  # guessed: {}\n", quoted(exact_glob(column.name)), one_line(why));
  };
  for (const Column& column : columns_) {
    if (column.is_constant()) {
      exclude(column, fmt::format("always {}", quoted(column.counts.begin()->first)));
    } else if (&column != time_ && column.could_be_feature() && is_time(column)) {
      exclude(column, "another time");
    }
  }
  if (!lines.empty()) text_ += "    features:\n      exclude:\n" + lines;
}

void ConfigText::write_segments() {
  for (const Column& column : columns_) {
    if (column.evidence.finding() != Finding::kCategorical || column.counts.size() < 2 || column.counts.size() > kSegmentValues) continue;
    const auto smallest = std::ranges::min_element(column.counts, {}, &std::pair<const std::string, std::uint64_t>::second);
    if (static_cast<double>(smallest->second) < kSegmentShare * static_cast<double>(rows_)) continue;
    std::string values;
    for (const auto& [value, count] : column.counts) values += (values.empty() ? "" : ", ") + quoted(value);
    line("    # Each value apart as well; build the reference with --segment-by:");
    line(fmt::format("    # segments: {{by: [{0}], values: {{{0}: [{1}]}}}}", quoted(column.name), values));
  }
}

}  // namespace

std::expected<std::string, TableError> guess_config(const ConfigInitOptions& options) {
  auto files = TableFiles::of({options.sample}, {});
  if (!files) return std::unexpected(files.error());
  std::vector<Column> columns;
  std::uint64_t rows = 0;
  const auto read = files->read([&](std::span<const Cell> cells) -> std::expected<void, TableError> {
    columns.resize(std::max(columns.size(), files->columns().size()));
    for (const Cell& cell : cells) columns[cell.column].add(cell);
    ++rows;
    return {};
  });
  if (!read) return std::unexpected(read.error());
  const auto refuse = [&](const char* why) {
    return std::unexpected(TableError{TableError::Kind::kBadInput, fmt::format("{}: {}", options.sample, why)});
  };
  if (rows == 0) return refuse("there is no row in it");
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i].name = files->columns()[i];
  std::erase_if(columns, [](const Column& column) { return column.name.empty(); });
  if (std::ranges::none_of(columns, &Column::could_be_feature)) return refuse("no column of it could be a feature");
  return ConfigText(options, std::move(columns), rows).write();
}

}  // namespace driftd
