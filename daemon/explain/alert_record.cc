#include "daemon/explain/alert_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "daemon/alert/event_schema.h"
#include "daemon/decode/json_tree.h"
#include "daemon/runtime/split.h"

namespace driftd {
namespace {

constexpr std::string_view kClosedWindow = "dev.driftd.window.closed.v1";

bool has_type(const JsonTree& value, std::string_view type) {
  if (type.ends_with('?')) {
    if (value.is_null()) return true;
    type.remove_suffix(1);
  }
  if (type == "string") return value.text() != nullptr;
  if (type == "object") return value.object() != nullptr;
  if (type == "array") return value.array() != nullptr;
  if (type == "boolean") return std::holds_alternative<bool>(value.value);
  const bool whole = std::holds_alternative<std::int64_t>(value.value) || std::holds_alternative<std::uint64_t>(value.value);
  return whole || (type == "number" && std::holds_alternative<double>(value.value));
}

std::string wrong_value(const EventField& field, const std::string& path, const JsonTree* value) {
  if (value == nullptr) return field.always ? fmt::format("{} is missing", path) : "";
  return has_type(*value, field.type) ? "" : fmt::format("{} is not of type {}", path, field.type);
}

// What is wrong with one field of the contract, inside each element where it is one of a list; "": nothing.
std::string check_field(const EventField& field, const JsonTree& event) {
  const std::string_view path = field.path;
  const std::size_t each = path.find("[].");
  if (each == std::string_view::npos) return wrong_value(field, std::string(path), event.find(path));
  const JsonTree* list = event.find(path.substr(0, each));
  for (std::size_t i = 0; i < list->array()->size(); ++i) {
    const std::string at = fmt::format("{}[{}]{}", path.substr(0, each), i, path.substr(each + 2));
    if (auto wrong = wrong_value(field, at, (*list->array())[i].find(path.substr(each + 3))); !wrong.empty()) return wrong;
  }
  return "";
}

// The fields are sorted by path, so a list is checked before what is in it.
std::string check_event(const JsonTree& event) {
  if (event.object() == nullptr) return "not a JSON object";
  const JsonTree* type = event.find("type");
  const bool ours = type != nullptr && type->text() != nullptr && type->text()->starts_with("dev.driftd.");
  if (!ours || event.find("data.alert_id") == nullptr) return "not an alert event of driftd";
  for (const EventField& field : event_fields()) {
    if (auto wrong = check_field(field, event); !wrong.empty()) return wrong;
  }
  return "";
}

std::string text_at(const JsonTree& tree, std::string_view path) {
  const JsonTree* value = tree.find(path);
  return value != nullptr && value->text() != nullptr ? *value->text() : "";
}

double number_at(const JsonTree& tree, std::string_view path) {
  const JsonTree* value = tree.find(path);
  return value == nullptr ? AlertRecord::kNone : value->number();
}

template <class Whole>
Whole whole_at(const JsonTree& tree, std::string_view path) {
  const JsonTree* value = tree.find(path);
  if (value == nullptr) return 0;
  if (const auto* large = std::get_if<std::uint64_t>(&value->value)) return static_cast<Whole>(*large);
  const auto* whole = std::get_if<std::int64_t>(&value->value);
  return whole != nullptr && (std::is_signed_v<Whole> || *whole > 0) ? static_cast<Whole>(*whole) : 0;
}

AlertRecord::Window window_of(const JsonTree& event) {
  const JsonTree& window = *event.find("data.window");
  AlertRecord::Window out;
  out.start = text_at(window, "start");
  out.end = text_at(window, "end");
  out.samples = whole_at<std::uint64_t>(window, "samples");
  out.offsets_omitted = whole_at<std::uint64_t>(window, "offsets_omitted");
  out.missing_ratio = number_at(window, "missing_ratio");
  out.complete = std::get<bool>(window.find("complete")->value);
  for (const JsonTree& range : *window.find("offsets")->array()) {
    out.offsets.push_back({text_at(range, "topic"), whole_at<std::int64_t>(range, "partition"), whole_at<std::int64_t>(range, "from"),
                           whole_at<std::int64_t>(range, "to")});
  }
  return out;
}

AlertRecord::Reference reference_of(const JsonTree& event) {
  const JsonTree& reference = *event.find("data.reference");
  return {text_at(reference, "id"), text_at(reference, "created"), whole_at<std::uint64_t>(reference, "samples"),
          number_at(reference, "missing_ratio")};
}

void take_identity(const JsonTree& event, AlertRecord& record) {
  record.event_id = text_at(event, "id");
  record.time = text_at(event, "time");
  record.alert_id = text_at(event, "data.alert_id");
  record.kind = text_at(event, "data.kind");
  record.state = text_at(event, "data.state");
  record.previous_state = text_at(event, "data.previous_state");
  record.severity = text_at(event, "data.severity");
  record.monitor = text_at(event, "data.monitor");
  record.feature = text_at(event, "data.feature.name");
  record.feature_type = text_at(event, "data.feature.type");
  record.segment = text_at(event, "data.segment");
  record.model_version = text_at(event, "data.model_version");
  record.summary = text_at(event, "data.summary");
  record.detector = text_at(event, "data.provenance.detector");
  record.config_hash = text_at(event, "data.provenance.config_hash");
  record.page = text_at(event, "data.links.page");
  record.runbook = text_at(event, "data.links.runbook");
  record.grafana = text_at(event, "data.links.grafana");
}

AlertRecord record_of(const JsonTree& event) {
  AlertRecord record;
  take_identity(event, record);
  record.statistic = number_at(event, "data.statistic");
  record.p_value = number_at(event, "data.p_value");
  record.log_p = number_at(event, "data.log_p");
  record.threshold = number_at(event, "data.threshold");
  record.before = number_at(event, "data.before");
  record.after = number_at(event, "data.after");
  record.rows = whole_at<std::uint64_t>(event, "data.n");
  for (const JsonMember& effect : *event.find("data.effects")->object()) record.effects[effect.key] = effect.value.number();
  record.policy = {text_at(event, "data.policy.type"), number_at(event, "data.policy.alpha"), text_at(event, "data.policy.false_alarms")};
  record.window = window_of(event);
  record.reference = reference_of(event);
  for (const JsonTree& bin : *event.find("data.top_bins")->array()) {
    record.top_bins.push_back(
        {text_at(bin, "label"), number_at(bin, "reference_ratio"), number_at(bin, "current_ratio"), number_at(bin, "contribution")});
  }
  return record;
}

// nullopt: a closed window, which alerts may share their topic with.
std::expected<std::optional<AlertRecord>, std::string> read_any_event(std::string_view text) {
  const auto event = parse_json(text);
  if (!event) return std::unexpected(event.error());
  if (text_at(*event, "type") == kClosedWindow) return std::nullopt;
  if (auto wrong = check_event(*event); !wrong.empty()) return std::unexpected(std::move(wrong));
  return record_of(*event);
}

}  // namespace

std::expected<AlertRecord, std::string> read_alert_event(std::string_view text) {
  auto record = read_any_event(text);
  if (!record) return std::unexpected(record.error());
  if (!*record) return std::unexpected("not an alert event of driftd");
  return std::move(**record);
}

std::expected<std::vector<AlertRecord>, std::string> read_alert_events(std::string_view text) {
  if (auto whole = read_alert_event(text)) return std::vector{std::move(*whole)};
  std::vector<AlertRecord> records;
  std::size_t number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto record = read_any_event(line);
    if (!record) return std::unexpected(fmt::format("line {}: {}", number, record.error()));
    if (*record && std::ranges::find(records, (*record)->event_id, &AlertRecord::event_id) == records.end()) {
      records.push_back(std::move(**record));
    }
  }
  return records;
}

std::string indented_event(std::string_view text) {
  const auto event = parse_json(text);
  if (!event) return std::string(text);
  JsonWriter json(2);
  write_json(json, *event);
  return json.take();
}

}  // namespace driftd
