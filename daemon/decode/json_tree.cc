#include "daemon/decode/json_tree.h"

#include <simdjson.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "daemon/decode/field_path.h"

namespace driftd {
namespace {

namespace dom = simdjson::dom;

JsonTree copy_of(dom::element element) {
  switch (element.type()) {
    case dom::element_type::NULL_VALUE: return {nullptr};
    case dom::element_type::BOOL: return {element.get_bool().value_unsafe()};
    case dom::element_type::INT64: return {element.get_int64().value_unsafe()};
    case dom::element_type::UINT64: return {element.get_uint64().value_unsafe()};
    case dom::element_type::DOUBLE: return {element.get_double().value_unsafe()};
    case dom::element_type::STRING: return {std::string(element.get_string().value_unsafe())};
    case dom::element_type::ARRAY: {
      JsonTree::Array items;
      const dom::array from = element.get_array().value_unsafe();
      for (const dom::element item : from) items.push_back(copy_of(item));
      return {std::move(items)};
    }
    case dom::element_type::OBJECT: break;
  }
  JsonTree::Object members;
  const dom::object from = element.get_object().value_unsafe();
  for (const auto [key, value] : from) {
    if (std::ranges::find(members, key, &JsonMember::key) == members.end()) members.push_back({std::string(key), copy_of(value)});
  }
  return {std::move(members)};
}

// One overload a kind of value.
struct Writer {
  JsonWriter& json;

  void operator()(std::nullptr_t) const { json.null(); }
  void operator()(bool value) const { json.boolean(value); }
  void operator()(std::int64_t value) const { json.number(value); }
  void operator()(std::uint64_t value) const { json.number(value); }
  void operator()(double value) const { json.number(value); }
  void operator()(const std::string& value) const { json.string(value); }
  void operator()(const JsonTree::Array& items) const {
    json.begin_array();
    for (const JsonTree& item : items) write_json(json, item);
    json.end_array();
  }
  void operator()(const JsonTree::Object& members) const {
    json.begin_object();
    for (const JsonMember& member : members) {
      json.key(member.key);
      write_json(json, member.value);
    }
    json.end_object();
  }
};

}  // namespace

double JsonTree::number() const {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* large = std::get_if<std::uint64_t>(&value)) return static_cast<double>(*large);
  const auto* real = std::get_if<double>(&value);
  return real != nullptr ? *real : std::numeric_limits<double>::quiet_NaN();
}

const JsonTree* JsonTree::find(std::string_view path) const {
  const JsonTree* at = this;
  for (const std::string& key : split_path(path)) {
    const Object* members = at->object();
    if (members == nullptr) return nullptr;
    const auto member = std::ranges::find(*members, key, &JsonMember::key);
    if (member == members->end()) return nullptr;
    at = &member->value;
  }
  return at;
}

bool JsonTree::set(std::string_view path, JsonTree to) {
  JsonTree* at = this;
  for (std::string& key : split_path(path)) {
    auto* members = std::get_if<Object>(&at->value);
    if (members == nullptr) return false;
    auto member = std::ranges::find(*members, key, &JsonMember::key);
    if (member == members->end()) member = members->insert(member, {std::move(key), {Object{}}});
    at = &member->value;
  }
  *at = std::move(to);
  return true;
}

std::expected<JsonTree, std::string> parse_json(std::string_view text) {
  dom::parser parser;
  dom::element root;
  if (const auto error = parser.parse(simdjson::padded_string(text)).get(root)) {
    return std::unexpected(std::string("not JSON: ") + simdjson::error_message(error));
  }
  return copy_of(root);
}

void write_json(JsonWriter& json, const JsonTree& tree) { std::visit(Writer{json}, tree.value); }

}  // namespace driftd
