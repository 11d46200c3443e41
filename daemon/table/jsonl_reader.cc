#include "daemon/table/jsonl_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "daemon/decode/json_flatten.h"

namespace driftd {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlanks = " \t\r";
constexpr std::size_t kMaxColumns = 10'000;  // more are keys that should be values, and would fill the memory

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

Cell cell_of(const JsonField& field) {
  Cell cell{.column = 0, .kind = ValueKind::kNull, .number = field.number, .integer = field.integer, .text = field.text};
  switch (field.kind) {
    case JsonKind::kNull: break;
    case JsonKind::kBoolean:
      cell.kind = ValueKind::kBoolean;
      cell.text = field.boolean ? "true" : "false";
      break;
    case JsonKind::kInteger: cell.kind = ValueKind::kInteger; break;
    case JsonKind::kUnsigned:
      cell.kind = ValueKind::kUnsigned;
      cell.integer = static_cast<std::int64_t>(field.whole);
      break;
    case JsonKind::kDouble: cell.kind = ValueKind::kDouble; break;
    case JsonKind::kString: cell.kind = ValueKind::kString; break;
    case JsonKind::kContainer: cell.kind = ValueKind::kContainer; break;
  }
  return cell;
}

class JsonlReader final : public TableReader {
 public:
  explicit JsonlReader(ChunkBuffer buffer) : buffer_(std::move(buffer)) {}

  std::expected<bool, TableError> next() override {
    for (;;) {
      const auto line = next_line();
      if (!line) return std::unexpected(line.error());
      if (!*line) return false;
      const auto text = line_number_ == 1 && (*line)->starts_with(kByteOrderMark) ? (*line)->substr(kByteOrderMark.size()) : **line;
      if (text.find_first_not_of(kBlanks) == std::string_view::npos) continue;
      if (const auto problem = flattener_.flatten(text)) {
        return error_at(problem->offset + 1, problem->what);
      }
      collect_cells();
      if (columns_.size() > kMaxColumns) return error_at(1, fmt::format("more than {} different fields", kMaxColumns));
      return true;
    }
  }

  RowBlock block() const override { return {cells_, 1}; }
  const std::vector<std::string>& columns() const override { return columns_; }

 private:
  std::expected<std::optional<std::string_view>, TableError> next_line();
  std::unexpected<TableError> error_at(std::size_t column, std::string_view what) const {
    return std::unexpected(
        TableError{TableError::Kind::kBadInput, fmt::format("{}:{}:{}: {}", buffer_.name(), line_number_, column, what)});
  }
  void collect_cells();
  std::uint32_t column_of(std::string_view path, std::size_t place);

  ChunkBuffer buffer_;
  std::size_t pending_ = 0;      // bytes of the last line, consumed at the next call
  std::size_t line_number_ = 0;  // of the last line
  JsonFlattener flattener_;
  std::vector<Cell> cells_;
  std::vector<std::string> columns_;
  std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> index_;
  std::vector<std::uint32_t> expected_;  // column of the n-th field of the last row: rows mostly have one order
};

std::expected<std::optional<std::string_view>, TableError> JsonlReader::next_line() {
  buffer_.consume(std::exchange(pending_, 0));
  ++line_number_;
  for (std::size_t from = 0;;) {
    const auto text = buffer_.unread();
    const std::size_t end = text.find('\n', from);
    if (end != std::string_view::npos) {
      pending_ = end + 1;
      return text.substr(0, end);
    }
    if (text.size() > kMaxRecordBytes) {
      return error_at(1, fmt::format("a line of more than {} MiB", kMaxRecordBytes >> 20));
    }
    from = text.size();
    const auto more = buffer_.more();
    if (!more) return std::unexpected(more.error());
    if (*more) continue;
    pending_ = text.size();
    return pending_ == 0 ? std::nullopt : std::optional(buffer_.unread());
  }
}

std::uint32_t JsonlReader::column_of(std::string_view path, std::size_t place) {
  if (place < expected_.size() && columns_[expected_[place]] == path) return expected_[place];
  auto found = index_.find(path);
  if (found == index_.end()) {
    found = index_.emplace(path, static_cast<std::uint32_t>(columns_.size())).first;
    columns_.emplace_back(path);
  }
  if (place >= expected_.size()) expected_.resize(place + 1);
  return expected_[place] = found->second;
}

void JsonlReader::collect_cells() {
  cells_.clear();
  const auto fields = flattener_.fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    Cell cell = cell_of(fields[i]);
    cell.column = column_of(fields[i].path, i);
    cells_.push_back(cell);
  }
}

}  // namespace

std::unique_ptr<TableReader> make_jsonl_reader(ChunkBuffer buffer) { return std::make_unique<JsonlReader>(std::move(buffer)); }

}  // namespace driftd
