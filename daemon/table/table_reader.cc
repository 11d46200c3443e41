#include "daemon/table/table_reader.h"

#include <algorithm>
#include <utility>

#include "daemon/table/csv_reader.h"
#include "daemon/table/jsonl_reader.h"

namespace driftd {
namespace {

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> endings) {
  if (name.ends_with(".gz")) name.remove_suffix(3);
  return std::ranges::any_of(endings, [&](std::string_view ending) { return name.ends_with(ending); });
}

}  // namespace

std::expected<bool, TableError> is_json_lines(ChunkBuffer& buffer) {
  if (ends_with_any(buffer.name(), {".csv", ".tsv"})) return false;
  if (ends_with_any(buffer.name(), {".jsonl", ".ndjson", ".json"})) return true;
  if (const auto more = buffer.more(); !more) return std::unexpected(more.error());
  const auto text = buffer.unread();
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

std::expected<std::unique_ptr<TableReader>, TableError> read_table(GzipInput input, const TableOptions& options) {
  ChunkBuffer buffer = options.tap ? ChunkBuffer(ReadAhead(std::move(input), options.tap)) : ChunkBuffer(std::move(input));
  const auto json = is_json_lines(buffer);
  if (!json) return std::unexpected(json.error());
  if (*json) return make_jsonl_reader(std::move(buffer));
  return make_csv_reader(std::move(buffer), options);
}

}  // namespace driftd
