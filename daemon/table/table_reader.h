// Rows of a file as cells, some rows at a time, in bounded memory. CSV (csv_reader.h) or JSON lines (jsonl_reader.h), by the file's name:
// `.csv`, `.tsv`, `.jsonl`, `.ndjson`, `.json`, each also with `.gz`; any other name by its first byte (`{` = JSON lines).
// One thread.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/table/chunk_buffer.h"
#include "daemon/table/read_ahead.h"
#include "detectors/reference/value_class.h"

namespace driftd {

enum class ValueKind : std::uint8_t {
  kNull,       // JSON null, or an empty CSV cell
  kCsvText,    // CSV: a number or a text, as its column says; kFieldRoom bytes before and behind it can be read
  kString,     // JSON
  kInteger,    // JSON, within int64
  kUnsigned,   // JSON, above the largest int64
  kDouble,     // JSON
  kBoolean,    // JSON; text is `true` or `false`
  kContainer,  // JSON array or object
};

struct Cell {
  std::uint32_t column = 0;  // index into TableReader::columns()
  ValueKind kind = ValueKind::kNull;
  double number = 0;         // kInteger, kUnsigned, kDouble
  std::int64_t integer = 0;  // kInteger; kUnsigned: its bits
  std::string_view text;     // kCsvText, kString, kBoolean
};

// Rows that follow one another, each with as many cells.
struct RowBlock {
  std::span<const Cell> cells;  // row by row
  std::size_t rows = 0;

  std::size_t width() const { return cells.size() / rows; }
  std::span<const Cell> row(std::size_t i) const { return cells.subspan(i * width(), width()); }
};

class TableReader {
 public:
  virtual ~TableReader() = default;
  // Reads the next rows, at least one; false at the end of the file.
  virtual std::expected<bool, TableError> next() = 0;
  // Those rows, until the next next(). CSV: every column in order. JSON: one row, the fields that are there, each column once.
  virtual RowBlock block() const = 0;
  // Names so far; JSON lines add to them as fields appear.
  virtual const std::vector<std::string>& columns() const = 0;
};

// say gets what a person should know: a delimiter that was guessed. tap, where given, sees every decompressed byte, on a thread that
// reads ahead.
struct TableOptions {
  std::function<void(const std::string&)> say;
  ReadAhead::Tap tap;
};

// Whether the rows are JSON lines, by name or first byte; may read a chunk of the buffer.
std::expected<bool, TableError> is_json_lines(ChunkBuffer& buffer);

std::expected<std::unique_ptr<TableReader>, TableError> read_table(GzipInput input, const TableOptions& options);

}  // namespace driftd
