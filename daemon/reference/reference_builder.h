// Rows of files -> a frozen Reference. The first pass finds out what each column is and keeps the numbers of those that look numeric;
// a second counts what else there is (categories, times, errors, segments), a third the rows of segments. Bounded memory. Equal input gives
// equal bytes; but for what the order itself says (row numbers, more than 10^6 categories) so does the same input in another order.
// Files are read ahead on a second thread, and features frozen on all cores; all callbacks are called on the caller's.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "daemon/reference/reference_options.h"
#include "detectors/reference/reference.h"

namespace driftd {

struct ReferenceError {
  enum class Kind : std::uint8_t {
    kBadInput,  // the rows or the columns asked for: exit 65
    kIo,        // a file cannot be read or written: exit 74
    kCorrupt,   // a .ref file is damaged or of an unknown version: exit 78
  };
  Kind kind = Kind::kBadInput;
  std::string message;  // names the file
};
int exit_code(ReferenceError::Kind kind);

// paths: CSV or JSON lines, plain or gzip, `-` = stdin; their rows are one table.
std::expected<Reference, ReferenceError> build_reference(const std::vector<std::string>& paths, const ReferenceOptions& options);

// A .ref file, or one built from a file of rows.
std::expected<Reference, ReferenceError> load_reference(const std::string& path, const ReferenceOptions& options);

}  // namespace driftd
