#include "config/field_value.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <set>
#include <utility>

#include "config/detector_keys.h"
#include "config/librdkafka_rules.h"
#include "config/scalar.h"
#include "config/suggest.h"

namespace driftd {
namespace {

constexpr const char* kSecret = "<secret>";

// What the file says and what it means, of one scalar.
struct Scalar {
  std::string text;     // expanded
  std::string written;  // as in the file, for messages: never what a file or variable holds
  bool from_outside = false;
  Mark at;
};

std::optional<Scalar> read_scalar(const YamlNode& node, const std::string& path, const ReadContext& context) {
  auto expanded = substitute(node.text, context.substitute);
  if (expanded) return Scalar{std::move(expanded->text), node.text, expanded->from_outside, node.at};
  Mark at = node.at;
  if (at.width >= node.text.size() && at.line != 0) {  // one line, no escapes: the offset is a column
    at.column += static_cast<std::uint32_t>(expanded.error().offset) + (at.width > node.text.size() ? 1 : 0);
    at.width = static_cast<std::uint32_t>(expanded.error().width);
  }
  context.report.problem(at, fmt::format("{}: {}", path, expanded.error().message));
  return std::nullopt;
}

void wrong(const Scalar& scalar, const std::string& path, const std::string& expected, const ReadContext& context,
           const std::string& hint = "") {
  const std::string got = scalar.from_outside ? json_quote(scalar.written) : quote_for_message(scalar.text);
  context.report.problem(scalar.at, fmt::format("{}: expected {}; got {}{}", path, expected, got, hint));
}

bool is_kind(const YamlNode& node, YamlNode::Kind kind, const std::string& path, const std::string& expected, const ReadContext& context) {
  if (node.kind == kind) return true;
  if (node.kind != YamlNode::Kind::kRefused) {
    context.report.problem(node.at, fmt::format("{}: expected {}; got {}", path, expected, kind_name(node.kind)));
  }
  return false;
}

bool in_bounds(const ConfigKey& field, double value) { return value >= field.min && value <= field.max; }

// Sets what a numeric slot points to; nothing means auto.
template <class Number>
void store(const KeySlot& slot, std::optional<Number> value) {
  if (auto* const* small = std::get_if<std::uint32_t*>(&slot)) **small = static_cast<std::uint32_t>(value.value_or(0));
  if (auto* const* large = std::get_if<std::uint64_t*>(&slot)) **large = static_cast<std::uint64_t>(value.value_or(0));
  if (auto* const* real = std::get_if<double*>(&slot)) **real = static_cast<double>(value.value_or(0));
  if (auto* const* maybe = std::get_if<std::optional<std::uint64_t>*>(&slot)) {
    **maybe = value ? std::optional<std::uint64_t>(static_cast<std::uint64_t>(*value)) : std::nullopt;
  }
  if (auto* const* maybe = std::get_if<std::optional<double>*>(&slot)) {
    **maybe = value ? std::optional<double>(static_cast<double>(*value)) : std::nullopt;
  }
}

template <class Number>
bool set_number(const ConfigKey& field, const KeySlot& slot, const std::string& text, Parsed<Number> (*parse)(std::string_view)) {
  if (field.may_be_auto && text == "auto") {
    store<Number>(slot, std::nullopt);
    return true;
  }
  const auto value = parse(text);
  if (!value || !in_bounds(field, static_cast<double>(*value))) return false;
  store<Number>(slot, *value);
  return true;
}

bool set_duration(const ConfigKey& field, const KeySlot& slot, const std::string& text) {
  auto* const* maybe = std::get_if<std::optional<Milliseconds>*>(&slot);
  if (field.may_be_empty && text.empty()) {
    (*maybe)->reset();
    return true;
  }
  const auto value = parse_duration(text);
  if (!value || !in_bounds(field, static_cast<double>(value->count()))) return false;
  if (maybe != nullptr) {
    **maybe = *value;
  } else {
    *std::get<Milliseconds*>(slot) = *value;
  }
  return true;
}

bool set_choice(const ConfigKey& field, const KeySlot& slot, const std::string& text) {
  const auto place = std::ranges::find(field.choices, text);
  if (place == field.choices.end()) return false;
  const auto index = static_cast<std::uint8_t>(place - field.choices.begin());
  if (auto* const* flag = std::get_if<bool*>(&slot)) **flag = index != 0;
  if (auto* const* byte = std::get_if<std::uint8_t*>(&slot)) **byte = index;
  return true;
}

bool set_start(const KeySlot& slot, const std::string& text) {
  StreamConfig& stream = *std::get<StreamConfig*>(slot);
  if (text == "latest" || text == "earliest") {
    stream.start = text == "latest" ? StartAt::kLatest : StartAt::kEarliest;
    stream.start_time_us = 0;
    return true;
  }
  const auto instant = parse_instant_us(text);
  if (!instant) return false;
  stream.start = StartAt::kTime;
  stream.start_time_us = *instant;
  return true;
}

bool set_rate(const KeySlot& slot, const std::string& text) {
  auto& rate = *std::get<std::optional<FalseAlarms>*>(slot);
  if (text == "off") {
    rate.reset();
    return true;
  }
  const auto parsed = parse_rate(text);
  if (!parsed) return false;
  rate = *parsed;
  return true;
}

bool set_text(const ConfigKey& field, const KeySlot& slot, const std::string& text) {
  if (!field.choices.empty() && std::ranges::find(field.choices, text) == field.choices.end()) return false;
  if (field.expected != nullptr && field.expected(text)) return false;
  *std::get<std::string*>(slot) = text;
  return true;
}

bool set_boolean(const KeySlot& slot, const std::string& text) {
  const auto value = parse_boolean(text);
  if (value) *std::get<bool*>(slot) = *value;
  return value.has_value();
}

bool set_scalar(const ConfigKey& field, const KeySlot& slot, const std::string& text) {
  switch (field.type) {
    case FieldType::kText:
    case FieldType::kPath: return set_text(field, slot, text);
    case FieldType::kBoolean: return set_boolean(slot, text);
    case FieldType::kInteger: return set_number<std::uint64_t>(field, slot, text, parse_integer);
    case FieldType::kNumber: return set_number<double>(field, slot, text, parse_number);
    case FieldType::kSize: return set_number<std::uint64_t>(field, slot, text, parse_size);
    case FieldType::kDuration: return set_duration(field, slot, text);
    case FieldType::kChoice: return set_choice(field, slot, text);
    case FieldType::kStart: return set_start(slot, text);
    case FieldType::kRate: return set_rate(slot, text);
    default: return false;
  }
}

void resolve_path(const KeySlot& slot, const ReadContext& context) {
  auto& path = *std::get<std::string*>(slot);
  if (!path.empty()) path = (context.substitute.base_dir / path).lexically_normal().string();
}

// Text that is no duration or size at all is told of units; one that is, of the bounds.
std::string expected_instead(const ConfigKey& field, const std::string& text) {
  if (field.type == FieldType::kDuration && !parse_duration(text)) return parse_duration(text).error();
  if (field.type == FieldType::kSize && !parse_size(text)) return parse_size(text).error();
  return expected_value(field);
}

void read_single(const ConfigKey& field, const KeySlot& slot, const YamlNode& node, const std::string& path, const ReadContext& context) {
  if (!is_kind(node, YamlNode::Kind::kScalar, path, expected_value(field), context)) return;
  const auto scalar = read_scalar(node, path, context);
  if (!scalar) return;
  if (set_scalar(field, slot, scalar->text)) {
    if (field.type == FieldType::kPath) resolve_path(slot, context);
    return;
  }
  const std::string hint = scalar->from_outside ? "" : did_you_mean(scalar->text, field.choices);
  wrong(*scalar, path, expected_instead(field, scalar->text), context, hint);
}

// A list of texts, each tested by `expected` when there is one.
std::vector<std::string> read_texts(const ConfigKey& field, const YamlNode& node, const std::string& path, const ReadContext& context) {
  std::vector<std::string> texts;
  std::set<std::string> seen;
  if (!is_kind(node, YamlNode::Kind::kList, path, "a list", context)) return texts;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const std::string item_path = fmt::format("{}[{}]", path, i);
    if (!is_kind(node.items[i], YamlNode::Kind::kScalar, item_path, "a single value", context)) continue;
    const auto scalar = read_scalar(node.items[i], item_path, context);
    if (!scalar) continue;
    const auto expected = field.expected != nullptr ? field.expected(scalar->text) : std::nullopt;
    if (expected) {
      wrong(*scalar, item_path, *expected, context);
    } else if (!seen.insert(scalar->text).second) {
      context.report.problem(scalar->at, fmt::format("{}: {} is listed twice", item_path, quote_for_message(scalar->text)));
    } else {
      texts.push_back(scalar->text);
    }
  }
  return texts;
}

// What is wrong with an entry of a map of texts, as a problem's message.
std::optional<std::string> refuse_entry(const ConfigKey& field, const std::string& name, const Scalar& value, const std::string& path,
                                        const ReadContext& context) {
  if (field.expected_name != nullptr) {
    const auto expected = field.expected_name(name);
    if (expected) return fmt::format("{}: expected {}; got {}", path, *expected, quote_for_message(name));
    const bool control = std::ranges::any_of(value.text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    if (control) return fmt::format("{}.{}: expected text without control characters", path, name);
    return std::nullopt;
  }
  if (const auto refused = refuse_librdkafka(name, value.text, value.from_outside)) {
    return fmt::format("{}: '{}' {}", path, name, *refused);
  }
  const auto reason = context.check_librdkafka ? context.check_librdkafka(name, value.text) : std::nullopt;
  return reason ? std::optional(fmt::format("{}: {}", path, *reason)) : std::nullopt;
}

void read_text_map(const ConfigKey& field, std::map<std::string, std::string>& map, const YamlNode& node, const std::string& path,
                   const ReadContext& context) {
  if (!is_kind(node, YamlNode::Kind::kMap, path, "a map of names to values", context)) return;
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const auto& key = node.keys[i];
    const std::string item_path = fmt::format("{}.{}", path, key.name);
    if (!is_kind(node.items[i], YamlNode::Kind::kScalar, item_path, "a single value", context)) continue;
    const auto scalar = read_scalar(node.items[i], item_path, context);
    if (!scalar) continue;
    if (auto refused = refuse_entry(field, key.name, *scalar, path, context)) {
      context.report.problem(key.at, std::move(*refused));
    } else {
      map[key.name] = scalar->text;
    }
  }
}

void read_list_map(const ConfigKey& field, std::map<std::string, std::vector<std::string>>& map, const YamlNode& node,
                   const std::string& path, const ReadContext& context) {
  map.clear();
  if (!is_kind(node, YamlNode::Kind::kMap, path, "a map of columns to lists of values", context)) return;
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    map[node.keys[i].name] = read_texts(field, node.items[i], fmt::format("{}.{}", path, node.keys[i].name), context);
  }
}

void read_threshold(DetectorConfig& detector, const TwoSampleMethod& method, const YamlNode& node, const std::string& path,
                    const ReadContext& context) {
  if (!is_kind(node, YamlNode::Kind::kScalar, path, "a number", context)) return;
  const auto scalar = read_scalar(node, path, context);
  if (!scalar) return;
  const auto value = parse_number(scalar->text);
  if (value && is_threshold(method, *value)) {
    detector.threshold = *value;
  } else {
    wrong(*scalar, path, expected_threshold(method), context);
  }
}

DetectorConfig read_threshold_detector(const TwoSampleMethod& method, const YamlNode& node, const std::string& path,
                                       const ReadContext& context) {
  DetectorConfig detector;
  detector.name = method.name;
  detector.fields.clear();
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const auto& option = node.keys[i];
    if (option.name == "threshold") {
      read_threshold(detector, method, node.items[i], path + ".threshold", context);
    } else {
      const std::vector<std::string> known{"threshold"};
      context.report.problem(option.at, fmt::format("unknown key '{}' in {}{}", option.name, path, did_you_mean(option.name, known)));
    }
  }
  if (node.find("threshold") == nullptr) context.report.problem(node.at, fmt::format("{}: missing key 'threshold'", path));
  return detector;
}

void read_param(DetectorConfig& detector, const ParamSpec& param, const YamlNode& node, const std::string& path,
                const ReadContext& context) {
  if (!is_kind(node, YamlNode::Kind::kScalar, path, expected_param(param), context)) return;
  const auto scalar = read_scalar(node, path, context);
  if (!scalar) return;
  if (const auto value = parse_param(param, scalar->text)) {
    detector.params[std::string(param.name)] = *value;
  } else {
    wrong(*scalar, path, expected_param(param), context);
  }
}

DetectorConfig read_sequential_detector(const DetectorSpec& spec, const YamlNode& node, const std::string& path,
                                        const ReadContext& context) {
  DetectorConfig detector;
  detector.name = spec.name;
  std::vector<std::string> known{"fields"};
  for (const auto& param : spec.params) known.emplace_back(param.name);
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const auto& option = node.keys[i];
    const std::string option_path = fmt::format("{}.{}", path, option.name);
    if (option.name == "fields") {
      detector.fields = read_texts(ConfigKey{}, node.items[i], option_path, context);
    } else if (const auto param = std::ranges::find(spec.params, option.name, &ParamSpec::name); param != spec.params.end()) {
      read_param(detector, *param, node.items[i], option_path, context);
    } else {
      context.report.problem(option.at, fmt::format("unknown key '{}' in {}{}", option.name, path, did_you_mean(option.name, known)));
    }
  }
  return detector;
}

void read_detectors(std::vector<DetectorConfig>& detectors, const YamlNode& node, const std::string& path, const ReadContext& context) {
  detectors.clear();
  if (node.kind == YamlNode::Kind::kScalar && node.text == "auto") return;
  if (!is_kind(node, YamlNode::Kind::kMap, path, "auto or a map of detectors to their options", context)) return;
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const auto& key = node.keys[i];
    const std::string item_path = fmt::format("{}.{}", path, key.name);
    const TwoSampleMethod* method = find_threshold_method(key.name);
    const DetectorSpec* spec = find_sequential(key.name);
    if (method == nullptr && spec == nullptr) {
      const std::string hint =
          find_two_sample(key.name) != nullptr ? "; it takes no fixed threshold" : did_you_mean(key.name, detector_names());
      context.report.problem(key.at, fmt::format("unknown detector '{}' in {}{}", key.name, path, hint));
    } else if (is_kind(node.items[i], YamlNode::Kind::kMap, item_path, "a map of options", context)) {
      detectors.push_back(method != nullptr ? read_threshold_detector(*method, node.items[i], item_path, context)
                                            : read_sequential_detector(*spec, node.items[i], item_path, context));
    }
  }
}

std::string print_texts(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : ", ") + yaml_quote(text);
  return "[" + out + "]";
}

std::string print_detector(const DetectorConfig& detector) {
  std::string out;
  const auto add = [&](const std::string& key, const std::string& value) {
    out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", key, value);
  };
  if (detector.threshold) add("threshold", print_number(*detector.threshold));
  const DetectorSpec* spec = find_sequential(detector.name);
  if (spec == nullptr) return "{" + out + "}";
  add("fields", print_texts(detector.fields));
  for (const auto& param : spec->params) {
    const auto given = detector.params.find(std::string(param.name));
    if (given != detector.params.end()) add(std::string(param.name), print_param(param, given->second));
  }
  return "{" + out + "}";
}

std::string print_map(const auto& map, const auto& print_value) {
  std::string out;
  for (const auto& [name, value] : map) out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", yaml_key(name), print_value(name, value));
  return "{" + out + "}";
}

std::string print_detectors(const std::vector<DetectorConfig>& detectors) {
  if (detectors.empty()) return "auto";
  std::string out;
  for (const auto& detector : detectors) out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", detector.name, print_detector(detector));
  return "{" + out + "}";
}

std::string print_start(const StreamConfig& stream) {
  if (stream.start == StartAt::kTime) return json_quote(print_instant(stream.start_time_us));
  return stream.start == StartAt::kLatest ? "latest" : "earliest";
}

// One overload a kind of slot.
struct Printer {
  const ConfigKey& field;

  std::string count(std::uint64_t value) const {
    if (field.may_be_auto && value == 0) return "auto";
    return field.type == FieldType::kSize ? print_size(value) : fmt::format("{}", value);
  }
  std::string operator()(std::string* value) const { return yaml_quote(*value); }
  std::string operator()(bool* value) const {
    if (field.type == FieldType::kChoice) return field.choices[*value ? 1 : 0];
    return *value ? "true" : "false";
  }
  std::string operator()(std::uint8_t* value) const { return field.choices[*value]; }
  std::string operator()(std::uint32_t* value) const { return count(*value); }
  std::string operator()(std::uint64_t* value) const { return count(*value); }
  std::string operator()(double* value) const { return print_number(*value); }
  std::string operator()(Milliseconds* value) const { return print_duration(*value); }
  std::string operator()(std::optional<std::uint64_t>* value) const { return *value ? fmt::format("{}", **value) : "auto"; }
  std::string operator()(std::optional<double>* value) const { return *value ? print_number(**value) : "auto"; }
  std::string operator()(std::optional<Milliseconds>* value) const { return *value ? print_duration(**value) : yaml_quote(""); }
  std::string operator()(std::optional<FalseAlarms>* value) const { return *value ? print_rate(**value) : "off"; }
  std::string operator()(std::vector<std::string>* value) const { return print_texts(*value); }
  std::string operator()(std::map<std::string, std::string>* value) const {
    return print_map(*value, [](const std::string& name, const std::string& text) {
      return looks_secret(name) ? json_quote(kSecret) : yaml_quote(text);
    });
  }
  std::string operator()(std::map<std::string, std::vector<std::string>>* value) const {
    return print_map(*value, [](const std::string&, const std::vector<std::string>& texts) { return print_texts(texts); });
  }
  std::string operator()(std::vector<DetectorConfig>* value) const { return print_detectors(*value); }
  std::string operator()(StreamConfig* value) const { return print_start(*value); }
};

std::string print_bound(const ConfigKey& field, double value) {
  switch (field.type) {
    case FieldType::kDuration: return print_duration(Milliseconds(static_cast<std::int64_t>(value)));
    case FieldType::kSize: return print_size(static_cast<std::uint64_t>(value));
    case FieldType::kInteger: return fmt::format("{:.0f}", value);
    default: return print_number(value);
  }
}

std::string ranged(const ConfigKey& field, const char* what) {
  return fmt::format("{} from {} to {}{}", what, print_bound(field, field.min), print_bound(field, field.max),
                     field.may_be_auto    ? ", or auto"
                     : field.may_be_empty ? ", or \"\""
                                          : "");
}

std::string one_of(const std::vector<std::string>& choices) {
  std::vector<std::string> shown;
  for (const auto& choice : choices) shown.push_back(choice.empty() ? "\"\"" : choice);
  return fmt::format("one of {}", fmt::join(shown, ", "));
}

}  // namespace

std::string expected_value(const ConfigKey& field) {
  if (!field.choices.empty()) return one_of(field.choices);
  switch (field.type) {
    case FieldType::kText: return field.expected != nullptr ? field.expected(" ").value_or("text") : "text";
    case FieldType::kPath: return "a path";
    case FieldType::kBoolean: return "true or false";
    case FieldType::kInteger: return ranged(field, "a whole number");
    case FieldType::kNumber: return ranged(field, "a number");
    case FieldType::kDuration: return ranged(field, "a duration");
    case FieldType::kSize: return ranged(field, "a size");
    case FieldType::kStart: return "latest, earliest or an RFC 3339 time such as 2025-01-31T06:00:00Z";
    case FieldType::kRate: return parse_rate("").error();
    case FieldType::kTextList: return "a list of texts";
    case FieldType::kTextMap: return "a map of names to texts";
    case FieldType::kListMap: return "a map of columns to lists of values";
    case FieldType::kDetectors: return "auto, or a map of detectors to options";
    default: return "a value";
  }
}

void read_leaf(const ConfigKey& field, const KeySlot& slot, const YamlNode& node, const std::string& path, const ReadContext& context) {
  switch (field.type) {
    case FieldType::kTextList: *std::get<std::vector<std::string>*>(slot) = read_texts(field, node, path, context); return;
    case FieldType::kTextMap: return read_text_map(field, *std::get<std::map<std::string, std::string>*>(slot), node, path, context);
    case FieldType::kListMap:
      return read_list_map(field, *std::get<std::map<std::string, std::vector<std::string>>*>(slot), node, path, context);
    case FieldType::kDetectors: return read_detectors(*std::get<std::vector<DetectorConfig>*>(slot), node, path, context);
    default: return read_single(field, slot, node, path, context);
  }
}

std::string print_leaf(const ConfigKey& field, const KeySlot& slot) { return std::visit(Printer{field}, slot); }

}  // namespace driftd
