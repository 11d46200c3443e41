// Cells of CSV files for tests, with the room around their text that readers of numbers want.
#pragma once

#include <deque>
#include <string>

#include "daemon/decode/csv_record.h"
#include "daemon/table/table_reader.h"

namespace driftd {

// The text lives as long as the program.
inline Cell csv_cell(std::string_view text) {
  static std::deque<std::string> rows;
  const auto& row = rows.emplace_back(std::string(kFieldRoom, '7') + std::string(text) + "," + std::string(kFieldRoom, '\0'));
  const auto kind = text.empty() ? ValueKind::kNull : ValueKind::kCsvText;
  return {.column = 0, .kind = kind, .number = 0, .integer = 0, .text = std::string_view(row).substr(kFieldRoom, text.size())};
}

}  // namespace driftd
