// JSON lines, one object a line -> rows. Nested fields by dotted path (json_flatten.h); of duplicates the first counts. LF or CRLF;
// lines with nothing but blanks are skipped; a UTF-8 mark at the start is dropped. A line that is not one valid object is refused with line
// and column.
#pragma once

#include <memory>

#include "daemon/table/table_reader.h"

namespace driftd {

std::unique_ptr<TableReader> make_jsonl_reader(ChunkBuffer buffer);

}  // namespace driftd
