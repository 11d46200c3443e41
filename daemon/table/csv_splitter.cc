#include "daemon/table/csv_splitter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace driftd {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

TableError CsvRecordSplitter::error_at(const CsvRawRecord& record, std::size_t offset, std::string_view what) const {
  const auto [line, column] = position_in(record.text, offset, record.line);
  return {TableError::Kind::kBadInput, fmt::format("{}:{}:{}: {}", name(), line, column, what)};
}

std::expected<bool, TableError> CsvRecordSplitter::start() {
  started_ = true;
  while (buffer_.unread().size() < kByteOrderMark.size()) {
    const auto more = buffer_.more();
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
  }
  if (buffer_.unread().starts_with(kByteOrderMark)) buffer_.consume(kByteOrderMark.size());
  return true;
}

// Outside quotes: goes to the line ending, or behind a quote that opens a field. True: scan_.at is at the line ending.
bool CsvRecordSplitter::scan_plain(std::string_view text) {
  if (!scan_.newline_known || scan_.newline < scan_.at) {
    const std::size_t newline = text.find('\n', scan_.at);
    scan_.newline_known = newline != std::string_view::npos;
    scan_.newline = scan_.newline_known ? newline : text.size();
  }
  const auto line = text.substr(0, scan_.newline);
  for (std::size_t quote = line.find('"', scan_.at); quote != std::string_view::npos; quote = line.find('"', quote + 1)) {
    if (quote > 0 && text[quote - 1] != delimiter_) continue;
    scan_.at = quote + 1;
    scan_.quoted = scan_.has_quoted = true;
    return false;
  }
  scan_.at = scan_.newline;
  return scan_.newline_known;
}

// Inside quotes: goes behind the closing one. False: it is not here yet.
bool CsvRecordSplitter::scan_quoted(std::string_view text, bool last) {
  for (;;) {
    const std::size_t quote = text.find('"', scan_.at);
    if (quote == std::string_view::npos) {
      scan_.at = text.size();
      return false;
    }
    scan_.at = quote;
    if (quote + 1 == text.size() && !last) return false;  // the next byte may make it a pair
    const bool pair = quote + 1 < text.size() && text[quote + 1] == '"';
    scan_.at = quote + (pair ? 2 : 1);
    if (pair) continue;
    scan_.quoted = false;
    return true;
  }
}

bool CsvRecordSplitter::scan(std::string_view text, bool last) {
  for (;;) {
    if (scan_.quoted && !scan_quoted(text, last)) return false;
    if (scan_plain(text)) return true;
    if (!scan_.quoted) return false;
  }
}

// record_: the one at unread(), of `end` bytes without its line ending.
void CsvRecordSplitter::take(std::size_t end) {
  auto text = buffer_.unread().substr(0, end);
  pending_ = std::min(end + 1, buffer_.unread().size());
  if (text.ends_with('\r') && pending_ > end) text.remove_suffix(1);
  record_ = {text, line_};
  if (scan_.has_quoted) line_ += static_cast<std::size_t>(std::ranges::count(text, '\n'));
  ++line_;
  scan_ = {};
}

const CsvRawRecord* CsvRecordSplitter::at_hand() {
  do {
    buffer_.consume(std::exchange(pending_, 0));
    if (!scan(buffer_.unread(), buffer_.at_end())) return nullptr;
    take(scan_.at);
  } while (record_.text.empty());
  return &record_;
}

std::expected<std::optional<CsvRawRecord>, TableError> CsvRecordSplitter::next() {
  if (!started_) {
    if (const auto begun = start(); !begun) return std::unexpected(begun.error());
  }
  for (;;) {
    if (const auto* record = at_hand()) return *record;
    const std::size_t size = buffer_.unread().size();
    if (buffer_.at_end() && size == 0) return std::nullopt;
    if (buffer_.at_end()) {
      take(size);
      return record_;
    }
    if (size > kMaxRecordBytes) {
      const auto what = fmt::format("a record of more than {} MiB: is a quote left open?", kMaxRecordBytes >> 20);
      return std::unexpected(error_at({{}, line_}, 0, what));
    }
    if (const auto more = buffer_.more(); !more) return std::unexpected(more.error());
  }
}

char detect_delimiter(std::string_view header) {
  char best = ',';
  auto most = std::ranges::count(header, best);
  for (const char candidate : {';', '\t'}) {
    const auto count = std::ranges::count(header, candidate);
    if (count <= most) continue;
    most = count;
    best = candidate;
  }
  return best;
}

}  // namespace driftd
