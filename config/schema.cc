#include "config/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <variant>
#include <vector>

#include "config/detector_keys.h"
#include "config/field_value.h"
#include "config/fields.h"
#include "config/scalar.h"

namespace driftd {
namespace {

constexpr const char* kDuration = R"({"type":"string","pattern":"^[0-9]+(ms|s|m|h|d|w)$"})";
constexpr const char* kSize = R"({"type":"string","pattern":"^[0-9]+(B|KiB|MiB|GiB|TiB)$"})";
constexpr const char* kRate = R"({"type":"string","pattern":"^(off|[0-9.]+ per [0-9]+(ms|s|m|h|d|w))$"})";
constexpr const char* kText = R"({"type":["string","number","boolean"]})";
constexpr const char* kTexts = R"({"type":"array","items":{"type":["string","number","boolean"]}})";

// Any value may come by ${env:} or ${file:}.
std::string or_substitution(const std::string& schema) { return fmt::format(R"("anyOf":[{},{{"$ref":"#/$defs/substitution"}}])", schema); }

std::string or_auto(const ConfigKey& field, const std::string& schema) {
  return field.may_be_auto ? fmt::format(R"({},{{"const":"auto"}})", schema) : schema;
}

std::string or_empty(const ConfigKey& field, const std::string& schema) {
  return field.may_be_empty ? fmt::format(R"({},{{"const":""}})", schema) : schema;
}

std::string number(std::string_view type, double min, double max) {
  const std::string most = std::isinf(max) ? "" : fmt::format(R"(,"maximum":{})", print_number(max));
  return fmt::format(R"({{"type":"{}","minimum":{}{}}})", type, print_number(min), most);
}

std::string one_of(const auto& choices) {
  std::string list;
  for (const auto& choice : choices) list += (list.empty() ? "" : ",") + json_quote(choice);
  return fmt::format(R"({{"enum":[{}]}})", list);
}

std::string object(const std::string& properties, const std::string& required = "") {
  const std::string must = required.empty() ? "" : fmt::format(R"(,"required":[{}])", required);
  return fmt::format(R"("type":"object","additionalProperties":false,"properties":{{{}}}{})", properties, must);
}

std::string map_of(const std::string& values) { return fmt::format(R"("type":"object","additionalProperties":{})", values); }

std::string param_schema(const ParamSpec& param) {
  const std::string schema =
      param.choices.empty() ? number(param.integer ? "integer" : "number", param.min, param.max) : one_of(param.choices);
  return fmt::format(R"({}:{{{},"default":{},"description":{}}})", json_quote(param.name), or_substitution(schema),
                     param.choices.empty() ? print_number(param.default_value) : json_quote(print_param(param, param.default_value)),
                     json_quote(param.help));
}

std::string detectors_schema() {
  std::string names;
  const auto add = [&](std::string_view name, std::string_view title, const std::string& options) {
    names += fmt::format(R"({}{}:{{{},"description":{}}})", names.empty() ? "" : ",", json_quote(name), options, json_quote(title));
  };
  for (const auto& method : two_sample_methods()) {
    if (find_threshold_method(method.name) == nullptr) continue;
    const std::string most = std::isinf(method.largest) ? "" : fmt::format(R"(,"exclusiveMaximum":{})", print_number(method.largest));
    const std::string threshold = or_substitution(fmt::format(R"({{"type":"number","exclusiveMinimum":0{}}})", most));
    add(method.name, method.title, object(fmt::format(R"("threshold":{{{}}})", threshold), R"("threshold")"));
  }
  for (const auto& spec : sequential_specs()) {
    std::string params = fmt::format(R"("fields":{})", kTexts);
    for (const auto& param : spec.params) params += "," + param_schema(param);
    add(spec.name, spec.title, object(params));
  }
  return fmt::format(R"("anyOf":[{{"const":"auto"}},{{{}}}])", object(names));
}

// Members of the schema of one leaf, without the braces.
std::string leaf_schema(const ConfigKey& field) {
  switch (field.type) {
    case FieldType::kBoolean: return or_substitution(R"({"type":"boolean"})");
    case FieldType::kInteger: return or_substitution(or_auto(field, number("integer", field.min, field.max)));
    case FieldType::kNumber: return or_substitution(or_auto(field, number("number", field.min, field.max)));
    case FieldType::kDuration: return or_substitution(or_empty(field, kDuration));
    case FieldType::kSize: return or_substitution(kSize);
    case FieldType::kRate: return or_substitution(kRate);
    case FieldType::kChoice: return or_substitution(one_of(field.choices));
    case FieldType::kTextList: return R"("type":"array","items":)" + std::string(kText);
    case FieldType::kTextMap: return map_of(kText);
    case FieldType::kListMap: return map_of(kTexts);
    case FieldType::kDetectors: return detectors_schema();
    default: return field.choices.empty() ? R"("type":["string","number","boolean"])" : or_substitution(one_of(field.choices));
  }
}

std::string list_of(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(json_quote(text));
  return fmt::format("[{}]", fmt::join(quoted, ","));
}

// A default as JSON.
std::string default_of(const ConfigKey& field, void* owner) {
  if (field.type == FieldType::kTextList) return list_of(*std::get<std::vector<std::string>*>(field.slot(owner)));
  std::string text = print_leaf(field, field.slot(owner));
  if (text == "true" || text == "false" || text == "[]" || text == "{}" || text.starts_with('"')) return text;
  const bool numeric = field.type == FieldType::kInteger || field.type == FieldType::kNumber;
  if (numeric && text != "auto") return text;
  return text.starts_with('[') || text.starts_with('{') ? text : json_quote(text);
}

std::string described(const ConfigKey& field, const std::string& members, const std::string& default_value) {
  const std::string shown = default_value.empty() ? "" : fmt::format(R"(,"default":{})", default_value);
  return fmt::format(R"({}:{{{}{},"description":{}}})", json_quote(field.name), members, shown, json_quote(field.help));
}

std::string group_schema(const ConfigKey& group, void* owner, Document& document);

std::string key_schema(const ConfigKey& key, void* owner, Document& document) {
  if (is_leaf(key)) return described(key, leaf_schema(key), key.required ? "" : default_of(key, owner));
  if (key.type == FieldType::kGroup) return described(key, group_schema(key, owner, document), "");
  const std::string entry = group_schema(key, key.entry(document, 0), document);
  return described(key, fmt::format(R"("type":"array","items":{{{}}})", entry), "");
}

// The schema of the keys below a group, entry or the whole table; owner holds the defaults.
std::string group_schema(const ConfigKey& group, void* owner, Document& document) {
  std::string properties, required;
  for (const auto& key : group.keys) {
    properties += (properties.empty() ? "" : ",") + key_schema(key, owner, document);
    if (key.required && group.type == FieldType::kEntries) required += (required.empty() ? "" : ",") + json_quote(key.name);
  }
  return object(properties, required);
}

// One member a line, lists on one: it can be read and compared.
class Pretty {
 public:
  std::string write(std::string_view json) {
    for (std::size_t i = 0; i < json.size(); ++i) {
      if (in_text_ && json[i] == '\\') {
        out_ += json.substr(i++, 2);
      } else {
        add(json[i], i + 1 < json.size() ? json[i + 1] : '\0');
      }
    }
    return out_ + "\n";
  }

 private:
  void add(char c, char next) {
    if (c == '"') in_text_ = !in_text_;
    const bool closes = !in_text_ && (c == '}' || c == ']'), opens = !in_text_ && (c == '{' || c == '[');
    if (closes) open_.pop_back();
    if (closes && c == '}' && out_.back() != '{') new_line();
    out_ += c;
    if (opens) open_ += c;
    if (opens && c == '{' && next != '}') new_line();
    if (!in_text_ && c == ':') out_ += ' ';
    if (!in_text_ && c == ',' && open_.back() == '{') new_line();
    if (!in_text_ && c == ',' && open_.back() == '[') out_ += ' ';
  }
  void new_line() { out_ += '\n' + std::string(2 * static_cast<std::size_t>(std::ranges::count(open_, '{')), ' '); }

  std::string out_, open_;
  bool in_text_ = false;
};

}  // namespace

std::string config_schema() {
  Document document;
  document.config.streams.emplace_back();
  document.config.alert_sinks.webhooks.emplace_back();
  document.monitors.emplace_back();
  const std::string substitution = R"({"type":"string","pattern":"\\$\\{(env|file):"})";
  return Pretty().write(fmt::format(
      R"({{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"driftd configuration",{},"$defs":{{"substitution":{}}}}})",
      group_schema(key_table(), &document, document), substitution));
}

}  // namespace driftd
