// One JSON object of unknown shape -> its scalar fields by dotted path. Full validation (RFC 8259), as the JSON decoder's.
// Nested objects are walked: {"a":{"b":1}} has the field `a.b`; a dot or backslash of a key is escaped by a backslash. Arrays are
// reported as containers, not walked. Fields come in the order of the text. Of a key that an object has twice the first counts, as in the
// JSON decoder: the second is left out with all that is in it, so every path comes once.
// One object a thread. Cost O(bytes); no allocation per record in steady state.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace driftd {

enum class JsonKind : std::uint8_t { kNull, kBoolean, kInteger, kUnsigned, kDouble, kString, kContainer };

struct JsonField {
  std::string_view path;
  JsonKind kind = JsonKind::kNull;
  bool boolean = false;
  std::int64_t integer = 0;  // kInteger
  std::uint64_t whole = 0;   // kUnsigned: above the largest int64
  double number = 0;         // kInteger, kUnsigned, kDouble
  std::string_view text;     // kString
};

struct JsonProblem {
  std::size_t offset = 0;  // into the text, near what is wrong
  std::string what;
};

class JsonFlattener {
 public:
  JsonFlattener();
  JsonFlattener(JsonFlattener&&) noexcept;
  JsonFlattener& operator=(JsonFlattener&&) noexcept;
  ~JsonFlattener();

  // The text is copied; fields() lives until the next call. A problem: not one valid JSON object.
  std::optional<JsonProblem> flatten(std::string_view json);
  std::span<const JsonField> fields() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace driftd
