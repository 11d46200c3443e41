// A JSON text as a value that can be looked into, changed and written again: for verbs, which meet few documents; the road of records
// never builds one. Full validation (RFC 8259), as the JSON decoder's; of duplicate keys the first counts. Pure; cost O(bytes).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/runtime/json_writer.h"

namespace driftd {

struct JsonMember;

struct JsonTree {
  using Array = std::vector<JsonTree>;
  using Object = std::vector<JsonMember>;                                                                     // in the order of the text
  std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string, Array, Object> value;  // null

  bool is_null() const { return std::holds_alternative<std::nullptr_t>(value); }
  const Object* object() const { return std::get_if<Object>(&value); }
  const Array* array() const { return std::get_if<Array>(&value); }
  const std::string* text() const { return std::get_if<std::string>(&value); }
  double number() const;  // NaN: not a number

  // The value at a dotted path (field_path.h); nullptr: there is none.
  const JsonTree* find(std::string_view path) const;
  // Puts a value at a dotted path; objects on the way are made. False: something on the way is no object.
  bool set(std::string_view path, JsonTree to);
};

struct JsonMember {
  std::string key;
  JsonTree value;
};

// The error says what is wrong: "not JSON: ...".
std::expected<JsonTree, std::string> parse_json(std::string_view text);

void write_json(JsonWriter& json, const JsonTree& tree);  // strings, whole numbers and order stay; doubles become shortest

}  // namespace driftd
