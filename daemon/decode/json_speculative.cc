#include "daemon/decode/json_speculative.h"

#include <simdjson.h>

namespace driftd {
namespace {

constexpr int kDeepest = 16;  // levels; deeper records are the DOM's

// at: behind the opening quote. The closing one; nullptr: not usual.
const char* string_end(const char* at) {
  const char* const start = at;
  at = plain_end(at);
  if (*at == '"') return at;
  for (; *at != '"'; at = plain_end(at + 1)) {
    if (static_cast<signed char>(*at) >= 0) return nullptr;  // an escape, a control character, or the end of the record
  }
  return simdjson::validate_utf8(start, static_cast<std::size_t>(at - start)) ? at : nullptr;
}

bool starts_number(char byte) { return byte == '-' || static_cast<unsigned char>(byte - '0') <= 9; }

// true, false, null: how long it is; 0: none of them.
std::size_t literal(const char* at, JsonValue& value) {
  value.kind = *at == 'n' ? JsonKind::kNull : JsonKind::kBoolean;
  value.boolean = *at == 't';
  if (std::memcmp(at, "true", 4) == 0 || std::memcmp(at, "null", 4) == 0) return 4;
  return std::memcmp(at, "false", 5) == 0 ? 5 : 0;
}

}  // namespace

bool JsonSpeculation::read(const char* text, std::size_t bytes) {
  const char* at = skip_blanks(text);
  if (*at != '{') return false;
  at = object(at + 1, fields_.root(), 1);
  return at != nullptr && skip_blanks(at) == text + bytes;
}

// at: behind the opening brace. Behind the closing one; nullptr, here and below: not usual.
const char* JsonSpeculation::object(const char* at, Field& parent, int depth) {
  if (depth > kDeepest) return nullptr;
  at = skip_blanks(at);
  if (*at == '}') return at + 1;
  for (Followers* after = &parent.first;;) {
    if (*at != '"') return nullptr;
    Field* field = fields_.guess(*after, at + 1);
    at = field != nullptr ? at + 1 + field->key_bytes + 2 : find(at + 1, parent, *after, field);
    if (at == nullptr) return nullptr;
    after = &field->next;
    at = skip_blanks(at);
    at = fields_.first_time(*field) ? value(at, *field, depth) : skip(at, depth);
    if (at == nullptr) return nullptr;
    at = skip_blanks(at);
    if (*at != ',') return *at == '}' ? at + 1 : nullptr;
    at = skip_blanks(at + 1);
  }
}

// A key that was not guessed, up to behind its colon.
const char* JsonSpeculation::find(const char* at, Field& parent, Followers& after, Field*& field) {
  const char* const end = string_end(at);
  if (end == nullptr) return nullptr;
  field = &fields_.find(parent, after, {at, static_cast<std::size_t>(end - at)});
  const char* const colon = skip_blanks(end + 1);
  return *colon == ':' ? colon + 1 : nullptr;
}

const char* JsonSpeculation::value(const char* at, Field& field, int depth) {
  switch (field.reads) {
    case Reads::kNothing: return skip(at, depth);
    case Reads::kNumber: break;
    case Reads::kMore: return take(at, field, depth);
  }
  if (!starts_number(*at)) return take(at, field, depth);
  const PlainNumber number = read_number_(at);
  if (number.end != nullptr) row_.number(field.numeric, number.value);
  return number.end;
}

const char* JsonSpeculation::take(const char* at, Field& field, int depth) {
  JsonValue value;
  const char* end = nullptr;
  if (*at == '"') {
    end = string_end(at + 1);
    if (end == nullptr) return nullptr;
    value.kind = JsonKind::kString;
    value.text = {at + 1, static_cast<std::size_t>(end - at - 1)};
    ++end;
  } else if (starts_number(*at)) {
    end = json_number(at, value);
  } else if (*at == '{' || *at == '[') {
    value.kind = JsonKind::kContainer;
    const bool children = field.has_children && *at == '{';
    end = children ? object(at + 1, field, depth + 1) : skip_container(at, depth + 1);
  } else if (const std::size_t bytes = literal(at, value); bytes > 0) {
    end = at + bytes;
  }
  if (end != nullptr) row_.take(field, value);
  return end;
}

// A value that nobody reads is checked all the same.
const char* JsonSpeculation::skip(const char* at, int depth) {
  if (*at == '"') {
    const char* const end = string_end(at + 1);
    return end == nullptr ? nullptr : end + 1;
  }
  if (starts_number(*at)) {
    return json_number_end(at);
  }
  if (*at == '{' || *at == '[') return skip_container(at, depth + 1);
  JsonValue value;
  const std::size_t bytes = literal(at, value);
  return bytes > 0 ? at + bytes : nullptr;
}

const char* JsonSpeculation::skip_container(const char* at, int depth) {
  if (depth > kDeepest) return nullptr;
  const bool is_object = *at == '{';
  const char close = is_object ? '}' : ']';
  at = skip_blanks(at + 1);
  if (*at == close) return at + 1;
  for (;;) {
    if (is_object) {
      if (*at != '"') return nullptr;
      at = string_end(at + 1);
      if (at == nullptr) return nullptr;
      at = skip_blanks(at + 1);
      if (*at != ':') return nullptr;
      at = skip_blanks(at + 1);
    }
    at = skip(at, depth);
    if (at == nullptr) return nullptr;
    at = skip_blanks(at);
    if (*at != ',') return *at == close ? at + 1 : nullptr;
    at = skip_blanks(at + 1);
  }
}

}  // namespace driftd
