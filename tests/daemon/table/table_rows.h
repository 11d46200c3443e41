// Rows of a table as text, for tests.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "daemon/table/table_reader.h"

namespace driftd {

inline std::string shown(const Cell& cell) {
  switch (cell.kind) {
    case ValueKind::kNull: return "null";
    case ValueKind::kCsvText: return std::string(cell.text);
    case ValueKind::kString: return "'" + std::string(cell.text) + "'";
    case ValueKind::kInteger: return std::to_string(cell.integer);
    case ValueKind::kUnsigned: return std::to_string(static_cast<std::uint64_t>(cell.integer));
    case ValueKind::kDouble: return std::to_string(cell.number);
    case ValueKind::kBoolean: return std::string(cell.text);
    case ValueKind::kContainer: return "container";
  }
  return "";
}

// One string a row: `column=cell` joined by blanks. An error is the last element.
inline std::vector<std::string> table_rows(const std::string& path, const TableOptions& options = {}) {
  auto input = GzipInput::open(path);
  if (!input) return {input.error().message};
  auto reader = read_table(std::move(*input), options);
  if (!reader) return {reader.error().message};
  std::vector<std::string> rows;
  for (;;) {
    const auto more = (*reader)->next();
    if (!more) rows.push_back(more.error().message);
    if (!more || !*more) return rows;
    const auto block = (*reader)->block();
    for (std::size_t i = 0; i < block.rows; ++i) {
      std::string row;
      for (const auto& cell : block.row(i)) row += (row.empty() ? "" : " ") + (*reader)->columns()[cell.column] + "=" + shown(cell);
      rows.push_back(row);
    }
  }
}

}  // namespace driftd
