// CSV with a header line -> rows. RFC 4180 as CsvFields and CsvRecordSplitter read it; besides, refused with line and column: a record
// with more or fewer fields than the header, two columns of one name, bytes that are not UTF-8, a file without a header.
// The delimiter is a comma; where the header has more semicolons or tabs than commas, that one, aloud.
#pragma once

#include <expected>
#include <memory>

#include "daemon/table/table_reader.h"

namespace driftd {

std::expected<std::unique_ptr<TableReader>, TableError> make_csv_reader(ChunkBuffer buffer, const TableOptions& options);

}  // namespace driftd
