#include "daemon/decode/csv_record.h"

#include <algorithm>
#include <cstring>

namespace driftd {
namespace {

constexpr std::string_view kNul = "NUL byte";
constexpr std::string_view kBareReturn = "carriage return outside quotes";
constexpr std::string_view kAfterQuote = "text after a closing quote";
constexpr std::string_view kNeverClosed = "quote that is never closed";

std::optional<CsvError> refuse_byte(std::string_view text, std::size_t base, char byte, std::string_view what) {
  if (text.empty()) return std::nullopt;
  const auto* found = static_cast<const char*>(std::memchr(text.data(), byte, text.size()));
  if (found == nullptr) return std::nullopt;
  return CsvError{base + static_cast<std::size_t>(found - text.data()), what};
}

std::size_t find_from(std::string_view text, std::size_t from, char byte) {
  const std::size_t at = text.find(byte, from);
  return at == std::string_view::npos ? text.size() : at;
}

}  // namespace

std::optional<CsvError> CsvFields::split(std::string_view record, char delimiter) {
  fields_.clear();
  if (auto error = refuse_byte(record, 0, '\0', kNul)) return error;
  if (record.find('"') != std::string_view::npos) return split_quoted(record, delimiter);
  if (auto error = refuse_byte(record, 0, '\r', kBareReturn)) return error;
  std::size_t start = 0;
  for (;;) {
    const std::size_t end = find_from(record, start, delimiter);
    fields_.push_back(record.substr(start, end - start));
    if (end == record.size()) return std::nullopt;
    start = end + 1;
  }
}

std::optional<CsvError> CsvFields::split_quoted(std::string_view record, char delimiter) {
  unquoted_.clear();
  unquoted_.reserve(record.size());
  std::size_t at = 0;
  for (;;) {
    if (at < record.size() && record[at] == '"') {
      if (auto error = quoted_field(record, at)) return error;
      if (at < record.size() && record[at] != delimiter) return CsvError{at, kAfterQuote};
    } else {
      const std::size_t end = find_from(record, at, delimiter);
      const auto field = record.substr(at, end - at);
      if (auto error = refuse_byte(field, at, '\r', kBareReturn)) return error;
      fields_.push_back(field);
      at = end;
    }
    if (at == record.size()) return std::nullopt;
    ++at;
  }
}

// A field that begins with a quote at `at`; leaves `at` behind its closing quote.
std::optional<CsvError> CsvFields::quoted_field(std::string_view record, std::size_t& at) {
  const std::size_t opening = at, copied = unquoted_.size();
  std::size_t start = at + 1;
  bool doubled = false;
  for (;;) {
    const std::size_t quote = find_from(record, start, '"');
    if (quote == record.size()) return CsvError{opening, kNeverClosed};
    const bool pair = quote + 1 < record.size() && record[quote + 1] == '"';
    if (!pair && !doubled) {
      fields_.push_back(record.substr(start, quote - start));
    } else {
      unquoted_.append(record, start, quote - start + (pair ? 1 : 0));
    }
    if (!pair) {
      if (doubled) fields_.push_back(std::string_view(unquoted_).substr(copied));
      at = quote + 1;
      return std::nullopt;
    }
    doubled = true;
    start = quote + 2;
  }
}

TextPosition position_in(std::string_view record, std::size_t offset, std::size_t first_line) {
  const auto before = record.substr(0, offset);
  const std::size_t last_break = before.rfind('\n');
  const auto breaks = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t column = last_break == std::string_view::npos ? before.size() + 1 : before.size() - last_break;
  return {first_line + breaks, column};
}

}  // namespace driftd
