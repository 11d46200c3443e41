// The tables of bad records in tests/conformance: json_test_suite.tsv and poison.tsv.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/conformance/escaped_bytes.h"
#include "tests/conformance/golden_file.h"

namespace driftd {

struct PoisonRow {
  std::string name;
  std::string want;                  // `row` and what x is, or the reason
  std::optional<std::string> bytes;  // nullopt: a tombstone

  bool is_row() const { return want.starts_with("row"); }
};

inline std::vector<PoisonRow> poison_rows(const std::string& file) {
  std::vector<PoisonRow> rows;
  for (const auto& cells : golden::rows(file)) rows.push_back({cells.at(0), cells.at(1), unescaped_bytes(cells.at(2))});
  return rows;
}

}  // namespace driftd
