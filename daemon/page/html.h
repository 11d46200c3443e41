// Text into HTML, safe by type: a string is escaped, only Markup goes in as it is. Pure; any thread.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

namespace driftd {

// HTML that is well formed and escaped already.
struct Markup {
  std::string text;
  Markup& operator+=(const Markup& more) {
    text += more.text;
    return *this;
  }
};

// For content and for quoted attributes. Control characters and bytes that are not UTF-8 become U+FFFD.
std::string escape_html(std::string_view text);

// What may stand for a `{}`.
struct Piece {
  // NOLINTBEGIN(google-explicit-constructor): a list of pieces reads as the list of its values
  Piece(std::string_view value) : text(escape_html(value)) {}
  Piece(const std::string& value) : text(escape_html(value)) {}
  Piece(const char* value) : text(escape_html(value)) {}
  Piece(const Markup& value) : text(value.text) {}
  template <std::integral T>
  Piece(T value) : text(std::to_string(value)) {}
  // NOLINTEND(google-explicit-constructor)
  std::string text;
};

// The pattern is a literal of the program; its `{}` are filled in order. A wrong number of pieces is a bug and aborts.
Markup html(std::string_view pattern, std::initializer_list<Piece> pieces = {});

}  // namespace driftd
