// The raw records of a CSV file, each as a view without its line ending, with the line it starts on. A line ending inside quotes
// belongs to the record. LF and CRLF end a record; lines with nothing on them are skipped; a UTF-8 mark at the start is dropped.
// Fields are not looked at: CsvFields does that, and finds quotes that are never closed. One thread. Cost O(bytes), no allocation a record.
#pragma once

#include <expected>
#include <optional>
#include <string_view>

#include "daemon/decode/csv_record.h"
#include "daemon/table/chunk_buffer.h"

namespace driftd {

struct CsvRawRecord {
  std::string_view text;  // lives until the next next(); kFieldRoom bytes before and behind it can be read
  std::size_t line = 0;   // from 1
};

class CsvRecordSplitter {
 public:
  explicit CsvRecordSplitter(ChunkBuffer buffer, char delimiter = ',') : buffer_(std::move(buffer)), delimiter_(delimiter) {}

  // The next record; nullopt at the end of the file.
  std::expected<std::optional<CsvRawRecord>, TableError> next();
  // The next record if it was read already, else null. Leaves the texts of earlier records where they are. After the first next().
  const CsvRawRecord* at_hand();
  void set_delimiter(char delimiter) { delimiter_ = delimiter; }
  const std::string& name() const { return buffer_.name(); }
  TableError error_at(const CsvRawRecord& record, std::size_t offset, std::string_view what) const;

 private:
  enum class Found : std::uint8_t { kEnd, kNeedsMore };
  // How far the record that begins at unread() was looked through; offsets count from its start.
  struct Scan {
    std::size_t at = 0;       // everything before is done
    std::size_t newline = 0;  // where the next line ending at or behind `at` is, if known
    bool newline_known = false, quoted = false;
    bool has_quoted = false;  // a field, so far
  };
  std::expected<bool, TableError> start();
  bool scan(std::string_view text, bool last);
  bool scan_plain(std::string_view text);
  bool scan_quoted(std::string_view text, bool last);
  void take(std::size_t end);

  ChunkBuffer buffer_;
  char delimiter_;
  Scan scan_;
  CsvRawRecord record_;
  std::size_t line_ = 1;
  std::size_t pending_ = 0;  // bytes of the last record, consumed at the next call
  bool started_ = false;
};

// The delimiter of a file, by its header: the one of comma, semicolon and tab that is there most often; comma where none is.
char detect_delimiter(std::string_view header);

}  // namespace driftd
