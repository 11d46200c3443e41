#include "daemon/decode/csv_record.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

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

constexpr std::size_t kBlock = 16;

// Bit i: byte i of a block ends a field; wants a closer look: a quote, a NUL, a carriage return.
struct BlockMarks {
  std::uint32_t delimiters, special;
};

#if defined(__SSE2__)

BlockMarks marks(const char* block, char delimiter) {
  const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block));
  const auto equal = [&](char byte) { return _mm_cmpeq_epi8(text, _mm_set1_epi8(byte)); };
  const __m128i special = _mm_or_si128(_mm_or_si128(equal('"'), equal('\0')), equal('\r'));
  return {static_cast<std::uint32_t>(_mm_movemask_epi8(equal(delimiter))), static_cast<std::uint32_t>(_mm_movemask_epi8(special))};
}

#else

BlockMarks marks(const char* block, char delimiter) {
  BlockMarks marks{0, 0};
  for (std::size_t i = 0; i < kBlock; ++i) {
    marks.delimiters |= std::uint32_t{block[i] == delimiter} << i;
    marks.special |= std::uint32_t{(block[i] == '"') | (block[i] == '\0') | (block[i] == '\r')} << i;
  }
  return marks;
}

#endif

}  // namespace

// The fields of a record without quotes. False: it has bytes that want a closer look.
bool CsvFields::split_plain(std::string_view record, char delimiter) {
  const char* const text = record.data();
  std::size_t start = 0;
  const auto take = [&](std::size_t at, std::uint32_t delimiters) {
    for (; delimiters != 0; delimiters &= delimiters - 1) {
      const std::size_t end = at + static_cast<std::size_t>(std::countr_zero(delimiters));
      fields_.emplace_back(text + start, end - start);
      start = end + 1;
    }
  };
  std::size_t at = 0;
  for (; at + kBlock <= record.size(); at += kBlock) {
    const BlockMarks found = marks(text + at, delimiter);
    if (found.special != 0) return false;
    take(at, found.delimiters);
  }
  char rest[kBlock];
  std::fill_n(rest, kBlock, delimiter == ' ' ? 'x' : ' ');
  record.copy(rest, kBlock, at);
  const BlockMarks found = marks(rest, delimiter);
  take(at, found.delimiters);
  fields_.emplace_back(text + start, record.size() - start);
  return found.special == 0;
}

std::optional<CsvError> CsvFields::split(std::string_view record, char delimiter) {
  fields_.clear();
  unquoted_end_ = kFieldRoom;
  if (split_plain(record, delimiter)) return std::nullopt;
  fields_.clear();
  if (auto error = refuse_byte(record, 0, '\0', kNul)) return error;
  return split_quoted(record, delimiter);
}

void CsvFields::copy_unquoted(std::string_view text) {
  text.copy(unquoted_.data() + unquoted_end_, text.size());
  unquoted_end_ += text.size();
}

std::optional<CsvError> CsvFields::split_quoted(std::string_view record, char delimiter) {
  unquoted_.resize(std::max(unquoted_.size(), kFieldRoom + record.size() + kFieldRoom));
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
  const std::size_t opening = at, copied = unquoted_end_;
  std::size_t start = at + 1;
  bool doubled = false;
  for (;;) {
    const std::size_t quote = find_from(record, start, '"');
    if (quote == record.size()) return CsvError{opening, kNeverClosed};
    const bool pair = quote + 1 < record.size() && record[quote + 1] == '"';
    if (!pair && !doubled) {
      fields_.push_back(record.substr(start, quote - start));
    } else {
      copy_unquoted(record.substr(start, quote - start + (pair ? 1 : 0)));
    }
    if (!pair) {
      if (doubled) fields_.emplace_back(unquoted_.data() + copied, unquoted_end_ - copied);
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
