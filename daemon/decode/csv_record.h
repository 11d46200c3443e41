// One raw CSV record (RFC 4180, without its line ending) -> its fields. No allocation per record in steady state.
// Our reading where the RFC is silent: a quote inside a field that does not begin with one is an ordinary character;
// blanks belong to the field; `""` and an empty field are the same. Refused: text after a closing quote, a quote that is
// never closed, a NUL byte, a carriage return outside quotes. Bytes are not checked for UTF-8 here.
// One object a thread. Cost O(bytes); without quotes 3 ns a field.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace driftd {

inline constexpr std::size_t kFieldRoom = 64;  // readable bytes that readers of numbers want on both sides of a field

struct CsvError {
  std::size_t offset = 0;  // into the record, of the byte that is wrong
  std::string_view what;   // "text after a closing quote", ...
};

class CsvFields {
 public:
  // Splits the record. The fields point into it, or into this object where doubled quotes were undone; both must stay. Where the record
  // has kFieldRoom on both sides, so has every field.
  std::optional<CsvError> split(std::string_view record, char delimiter);

  std::span<const std::string_view> fields() const { return fields_; }
  bool copied() const { return unquoted_end_ > kFieldRoom; }  // a field: the next split() overwrites it
  std::size_t size() const { return fields_.size(); }
  std::string_view operator[](std::size_t i) const { return fields_[i]; }

 private:
  bool split_plain(std::string_view record, char delimiter);
  std::optional<CsvError> split_quoted(std::string_view record, char delimiter);
  std::optional<CsvError> quoted_field(std::string_view record, std::size_t& at);

  void copy_unquoted(std::string_view text);

  std::vector<std::string_view> fields_;
  std::string unquoted_;          // room, texts, room; never grows during a record: the fields point into it
  std::size_t unquoted_end_ = 0;  // of the texts
};

// Line and column, both from 1, of a byte of a record that starts on first_line. Columns count bytes.
struct TextPosition {
  std::size_t line = 0, column = 0;
  friend bool operator==(const TextPosition&, const TextPosition&) = default;
};
TextPosition position_in(std::string_view record, std::size_t offset, std::size_t first_line);

}  // namespace driftd
