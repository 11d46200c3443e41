#include "daemon/cli/test_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <set>

#include "config/bind.h"
#include "config/field_value.h"
#include "config/scalar.h"
#include "config/suggest.h"
#include "config/yaml_reader.h"
#include "daemon/alert/event_schema.h"
#include "daemon/decode/record_batch.h"
#include "daemon/runtime/event_time.h"
#include "detectors/detector.h"

namespace driftd {
namespace {

constexpr double kExact = 1e-9;  // a value without bounds: equal up to this share of it
constexpr std::int64_t kMicro = 1000;

using Names = std::vector<std::string>;

ConfigKey field_of(FieldType type, double min = 0, double max = std::numeric_limits<double>::max()) {
  ConfigKey field;
  field.type = type;
  field.min = min;
  field.max = max;
  return field;
}

const ConfigKey kAnyNumber = field_of(FieldType::kNumber, std::numeric_limits<double>::lowest());
const ConfigKey kCount = field_of(FieldType::kInteger, 0, 1e9);

class TestFileReader {
 public:
  TestFileReader(Report& report, const SubstituteContext& substitute) : report_(report), context_{report, substitute, kNoOptions} {}

  TestFile read(const YamlNode& root);

 private:
  // Whether the node is a map; its keys that are not among `known` are problems.
  bool is_map(const YamlNode& node, const std::string& path, const Names& known);
  void require(const YamlNode& node, const std::string& path, std::initializer_list<const char*> keys);
  template <class T>
  void leaf(const YamlNode& map, const std::string& path, const std::string& key, const ConfigKey& field, T* to);
  void text(const YamlNode& map, const std::string& path, const std::string& key, std::string* to) {
    leaf(map, path, key, field_of(FieldType::kText), to);
  }
  std::optional<std::string> choice(const YamlNode& map, const std::string& path, const std::string& key, const Names& choices);
  std::optional<std::int64_t> instant(const YamlNode& map, const std::string& path, const std::string& key, std::int64_t start_us);
  template <class Read>
  void list(const YamlNode& map, const std::string& path, const std::string& key, Read read);

  DriftTest read_test(const YamlNode& node, const std::string& path);
  void read_times(const YamlNode& node, const std::string& path, DriftTest& test);
  RowPart read_part(const YamlNode& node, const std::string& path);
  void read_changes(const YamlNode& node, const std::string& path, RowPart& part);
  Expectations read_expectations(const YamlNode& node, const std::string& path, std::int64_t start_us);
  ExpectedAlert read_alert(const YamlNode& node, const std::string& path, std::int64_t start_us);
  ExpectedScore read_score(const YamlNode& node, const std::string& path, std::int64_t start_us);
  Bounds read_bounds(const YamlNode& node, const std::string& path);
  void problem(const Mark& at, std::string message) { report_.problem(at, std::move(message)); }

  inline static const std::function<std::optional<std::string>(const std::string&, const std::string&)> kNoOptions;
  Report& report_;
  ReadContext context_;
};

bool TestFileReader::is_map(const YamlNode& node, const std::string& path, const Names& known) {
  if (node.kind == YamlNode::Kind::kRefused) return false;
  if (node.kind != YamlNode::Kind::kMap) {
    problem(node.at, fmt::format("{}: expected a map of keys; got {}", path, kind_name(node.kind)));
    return false;
  }
  for (const auto& key : node.keys) {
    if (key.name.empty() || std::ranges::find(known, key.name) != known.end()) continue;
    problem(key.at, fmt::format("unknown key '{}' {}{}", key.name, path.empty() ? "at the top level" : "in " + path,
                                did_you_mean(key.name, known)));
  }
  return true;
}

void TestFileReader::require(const YamlNode& node, const std::string& path, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    if (node.find(key) == nullptr) problem(node.at, fmt::format("{}{}missing key '{}'", path, path.empty() ? "" : ": ", key));
  }
}

template <class T>
void TestFileReader::leaf(const YamlNode& map, const std::string& path, const std::string& key, const ConfigKey& field, T* to) {
  const YamlNode* value = map.find(key);
  if (value != nullptr && value->kind != YamlNode::Kind::kRefused) read_leaf(field, KeySlot(to), *value, join_path(path, key), context_);
}

std::optional<std::string> TestFileReader::choice(const YamlNode& map, const std::string& path, const std::string& key,
                                                  const Names& choices) {
  if (map.find(key) == nullptr) return std::nullopt;
  ConfigKey field = field_of(FieldType::kChoice);
  field.choices = choices;
  std::uint8_t index = 0;
  leaf(map, path, key, field, &index);
  return choices[index];
}

// RFC 3339, or a duration after the first row.
std::optional<std::int64_t> TestFileReader::instant(const YamlNode& map, const std::string& path, const std::string& key,
                                                    std::int64_t start_us) {
  if (map.find(key) == nullptr) return std::nullopt;
  std::string words;
  text(map, path, key, &words);
  std::int64_t time = 0;
  const auto after = parse_duration(words);
  if (after && !__builtin_add_overflow(start_us, after->count() * kMicro, &time) && time <= kMaxEventTime) return time;
  if (const auto instant = parse_instant_us(words)) return *instant;
  problem(map.find(key)->at, fmt::format("{}: expected a duration after `start`, such as 20m, or an RFC 3339 time; got {}",
                                         join_path(path, key), quote_for_message(words)));
  return std::nullopt;
}

template <class Read>
void TestFileReader::list(const YamlNode& map, const std::string& path, const std::string& key, Read read) {
  const YamlNode* value = map.find(key);
  if (value == nullptr || value->kind == YamlNode::Kind::kRefused) return;
  const std::string list_path = join_path(path, key);
  if (value->kind != YamlNode::Kind::kList)
    return problem(value->at, fmt::format("{}: expected a list; got {}", list_path, kind_name(value->kind)));
  for (std::size_t i = 0; i < value->items.size(); ++i) read(value->items[i], fmt::format("{}[{}]", list_path, i));
}

TestFile TestFileReader::read(const YamlNode& root) {
  TestFile file;
  if (!is_map(root, "", {"config", "tests"})) return file;
  require(root, "", {"config", "tests"});
  leaf(root, "", "config", field_of(FieldType::kPath), &file.config);
  std::set<std::string> names;
  list(root, "", "tests", [&](const YamlNode& node, const std::string& path) {
    file.tests.push_back(read_test(node, path));
    const std::string& name = file.tests.back().name;
    if (!name.empty() && !names.insert(name).second) problem(node.find("name")->at, fmt::format("{}.name: two tests have this name", path));
  });
  return file;
}

DriftTest TestFileReader::read_test(const YamlNode& node, const std::string& path) {
  DriftTest test;
  test.place = report_.place(node.at);
  if (!is_map(node, path, {"name", "monitor", "start", "every", "rows", "expect"})) return test;
  require(node, path, {"name", "monitor", "rows", "expect"});
  text(node, path, "name", &test.name);
  text(node, path, "monitor", &test.monitor);
  read_times(node, path, test);
  list(node, path, "rows", [&](const YamlNode& part, const std::string& part_path) { test.rows.push_back(read_part(part, part_path)); });
  if (const YamlNode* expect = node.find("expect")) test.expect = read_expectations(*expect, path + ".expect", test.start_us);
  return test;
}

void TestFileReader::read_times(const YamlNode& node, const std::string& path, DriftTest& test) {
  Milliseconds every{0};
  leaf(node, path, "every", field_of(FieldType::kDuration, 1, 1e12), &every);
  if (node.find("every") != nullptr) test.every_us = every.count() * kMicro;
  if (const auto start = instant(node, path, "start", 0)) test.start_us = *start;
}

RowPart TestFileReader::read_part(const YamlNode& node, const std::string& path) {
  RowPart part;
  part.place = report_.place(node.at);
  if (!is_map(node, path, {"lines", "file", "draw", "of", "seed", "shift", "replace"})) return part;
  const auto given = [&](const char* key) { return node.find(key) != nullptr; };
  if (given("lines") + given("file") + given("draw") != 1) problem(node.at, fmt::format("{}: give one of lines, file and draw", path));
  for (const char* key : {"of", "seed"}) {
    if (given(key) && !given("draw")) problem(node.find(key)->at, fmt::format("{}.{}: only with draw", path, key));
  }
  // Records are taken as they stand: a `$` in them is a `$`.
  if (const YamlNode* lines = node.find("lines"); lines != nullptr && lines->kind == YamlNode::Kind::kScalar) part.lines = lines->text;
  if (given("lines") && part.lines.empty())
    problem(node.find("lines")->at, fmt::format("{}.lines: expected records, one JSON object a line", path));
  leaf(node, path, "file", field_of(FieldType::kPath), &part.file);
  leaf(node, path, "of", field_of(FieldType::kPath), &part.of);
  leaf(node, path, "draw", field_of(FieldType::kInteger, 1, 1e8), &part.draw);
  leaf(node, path, "seed", kCount, &part.seed);
  read_changes(node, path, part);
  return part;
}

void TestFileReader::read_changes(const YamlNode& node, const std::string& path, RowPart& part) {
  for (const std::string key : {"shift", "replace"}) {
    const YamlNode* map = node.find(key);
    if (map == nullptr || map->kind == YamlNode::Kind::kRefused) continue;
    const std::string map_path = join_path(path, key);
    if (map->kind != YamlNode::Kind::kMap) {
      problem(map->at, fmt::format("{}: expected a map of fields to values; got {}", map_path, kind_name(map->kind)));
      continue;
    }
    for (const auto& field : map->keys) {
      if (key == "shift") {
        leaf(*map, map_path, field.name, kAnyNumber, &part.shift[field.name]);
      } else {
        text(*map, map_path, field.name, &part.replace[field.name]);
      }
    }
  }
}

Names reject_names() {
  Names names;
  for (std::size_t i = 0; i < kRejects; ++i) names.emplace_back(reject_name(static_cast<Reject>(i)));
  return names;
}

Expectations TestFileReader::read_expectations(const YamlNode& node, const std::string& path, std::int64_t start_us) {
  Expectations expect;
  if (!is_map(node, path, {"silence", "alerts", "scores", "windows", "rejected", "late"})) return expect;
  if (node.keys.empty()) problem(node.at, fmt::format("{}: nothing is expected", path));
  leaf(node, path, "silence", field_of(FieldType::kBoolean), &expect.silence);
  if (const YamlNode* alerts = node.find("alerts")) {
    if (expect.silence) problem(alerts->at, fmt::format("{}.alerts: `silence: true` expects none", path));
    expect.alerts.emplace();
  }
  list(node, path, "alerts",
       [&](const YamlNode& alert, const std::string& at) { expect.alerts->push_back(read_alert(alert, at, start_us)); });
  list(node, path, "scores",
       [&](const YamlNode& score, const std::string& at) { expect.scores.push_back(read_score(score, at, start_us)); });
  if (node.find("windows") != nullptr) leaf(node, path, "windows", kCount, &expect.windows.emplace());
  leaf(node, path, "late", kCount, &expect.late);
  if (const YamlNode* rejected = node.find("rejected"); rejected != nullptr && is_map(*rejected, path + ".rejected", reject_names())) {
    for (const auto& reason : rejected->keys) leaf(*rejected, path + ".rejected", reason.name, kCount, &expect.rejected[reason.name]);
  }
  return expect;
}

Names kind_names() {
  const auto kind = std::ranges::find(event_fields(), std::string_view("data.kind"), &EventField::path);
  Names names;
  for (std::string_view rest = kind->choices; !rest.empty();) {
    names.emplace_back(rest.substr(0, rest.find('|')));
    rest.remove_prefix(std::min(names.back().size() + 1, rest.size()));
  }
  return names;
}

ExpectedAlert TestFileReader::read_alert(const YamlNode& node, const std::string& path, std::int64_t start_us) {
  ExpectedAlert alert;
  if (!is_map(node, path, {"kind", "feature", "segment", "state", "severity", "at", "from", "to"})) return alert;
  const auto optional_text = [&](const char* key, std::optional<std::string>& to) {
    if (node.find(key) != nullptr) text(node, path, key, &to.emplace());
  };
  optional_text("feature", alert.feature);
  optional_text("segment", alert.segment);
  alert.kind = choice(node, path, "kind", kind_names());
  alert.severity = choice(node, path, "severity", {"warning", "critical"});
  const Names states{"pending", "firing", "updated", "resolved"};
  if (const auto state = choice(node, path, "state", states)) {
    alert.state = static_cast<AlertWord>(std::ranges::find(states, *state) - states.begin());
  }
  alert.at_us = instant(node, path, "at", start_us);
  alert.from_us = instant(node, path, "from", start_us);
  alert.to_us = instant(node, path, "to", start_us);
  if (alert.at_us && (alert.from_us || alert.to_us))
    problem(node.find("at")->at, fmt::format("{}.at: give either at, or from and to", path));
  return alert;
}

Names status_names() {
  Names names;
  for (const Status status : {Status::kOk, Status::kInsufficient, Status::kDegenerate, Status::kUndefined})
    names.emplace_back(status_name(status));
  return names;
}

ExpectedScore TestFileReader::read_score(const YamlNode& node, const std::string& path, std::int64_t start_us) {
  ExpectedScore score;
  const Names values{"statistic", "effect", "p_value", "threshold_ratio"};
  Names known{"feature", "segment", "method", "at", "status"};
  known.insert(known.end(), values.begin(), values.end());
  if (!is_map(node, path, known)) return score;
  require(node, path, {"feature", "method"});
  text(node, path, "feature", &score.feature);
  text(node, path, "segment", &score.segment);
  text(node, path, "method", &score.method);
  score.at_us = instant(node, path, "at", start_us);
  score.status = choice(node, path, "status", status_names());
  for (const std::string& value : values) {
    if (const YamlNode* given = node.find(value)) score.values[value] = read_bounds(*given, join_path(path, value));
  }
  if (score.values.empty() && !score.status) problem(node.at, fmt::format("{}: give a value or a status to expect", path));
  return score;
}

// A number; or {min, max}, both or one; or {value, within}.
Bounds TestFileReader::read_bounds(const YamlNode& node, const std::string& path) {
  Bounds bounds;
  if (node.kind == YamlNode::Kind::kScalar) {
    double value = 0;
    read_leaf(kAnyNumber, KeySlot(&value), node, path, context_);
    const double within = kExact * std::abs(value);
    return {value - within, value + within};
  }
  if (!is_map(node, path, {"min", "max", "value", "within"})) return bounds;
  const bool around = node.find("value") != nullptr || node.find("within") != nullptr;
  const bool between = node.find("min") != nullptr || node.find("max") != nullptr;
  if (around == between) problem(node.at, fmt::format("{}: give a number, or min and max, or value and within", path));
  if (!around) {
    leaf(node, path, "min", kAnyNumber, &bounds.min);
    leaf(node, path, "max", kAnyNumber, &bounds.max);
    return bounds;
  }
  double value = 0, within = 0;
  require(node, path, {"value", "within"});
  leaf(node, path, "value", kAnyNumber, &value);
  leaf(node, path, "within", field_of(FieldType::kNumber), &within);
  return {value - within, value + within};
}

}  // namespace

std::expected<TestFile, Problems> read_test_file(const std::string& text, const std::string& source, const SubstituteContext& substitute) {
  Report report;
  const YamlNode root = read_yaml(source, text, report);
  TestFile file;
  if (root.kind != YamlNode::Kind::kRefused) file = TestFileReader(report, substitute).read(root);
  if (!report.clean()) return std::unexpected(report.problems());
  file.source = source;
  return file;
}

}  // namespace driftd
