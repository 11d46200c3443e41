// The records of one test: its parts read, drawn and changed. JSON texts, as a topic carries them; rows of CSV files become JSON objects
// in which an empty cell is left out and a number is a number where it is meant as one.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "daemon/cli/test_file.h"
#include "daemon/table/table_error.h"
#include "detectors/reference/reference.h"

namespace driftd {

// reference_path: where `draw` draws from. reference: its features; which CSV columns are numbers, and which names exist.
struct RowContext {
  std::string reference_path;
  const Reference& reference;
};

// Equal parts and files give equal rows. The error names the part, or the place in the file.
std::expected<std::vector<std::string>, TableError> make_rows(const std::vector<RowPart>& parts, const RowContext& context);

}  // namespace driftd
