// A deterministic JSON writer: the same calls give the same bytes on every machine. Append-only; no DOM.
// Keys come out in the caller's order. Numbers are the shortest text that reads back as the same double; whole numbers
// up to 2^53 have neither point nor exponent; NaN and infinities are null. Strings are escaped as RFC 8259 asks, and
// bytes that are not UTF-8 become U+FFFD. Any thread, one writer a thread. Cost O(bytes written).
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace driftd {

// Appends the JSON text of a number, or of a string with its quotes.
void append_json_number(std::string& out, double value);
void append_json_string(std::string& out, std::string_view text);

// Calls must nest as the document does: inside an object every value follows a key. Anything else is a bug and aborts.
class JsonWriter {
 public:
  // indent 0: one line without spaces; else that many spaces a level.
  explicit JsonWriter(int indent = 0) : indent_(indent) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);

  JsonWriter& string(std::string_view text);
  JsonWriter& number(double value);
  JsonWriter& number(std::int64_t value);
  JsonWriter& number(std::uint64_t value);
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  JsonWriter& raw(std::string_view json);  // text that is a whole JSON value already

  // key and value in one call.
  JsonWriter& field(std::string_view name, std::string_view text) { return key(name).string(text); }
  JsonWriter& field(std::string_view name, const char* text) { return key(name).string(text); }
  template <std::same_as<bool> T>
  JsonWriter& field(std::string_view name, T value) {
    return key(name).boolean(value);
  }
  template <std::floating_point T>
  JsonWriter& field(std::string_view name, T value) {
    return key(name).number(static_cast<double>(value));
  }
  template <std::signed_integral T>
  JsonWriter& field(std::string_view name, T value) {
    return key(name).number(static_cast<std::int64_t>(value));
  }
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  JsonWriter& field(std::string_view name, T value) {
    return key(name).number(static_cast<std::uint64_t>(value));
  }

  const std::string& text() const { return out_; }
  std::string take();  // the text; the writer starts afresh
  void clear();        // keeps the memory

 private:
  struct Level {
    char closing;
    bool empty;
  };
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void before_value();
  void separate();

  std::string out_;
  std::vector<Level> levels_;
  int indent_;
  bool after_key_ = false;
};

}  // namespace driftd
