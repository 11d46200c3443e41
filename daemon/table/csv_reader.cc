#include "daemon/table/csv_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "daemon/runtime/utf8.h"
#include "daemon/table/csv_splitter.h"

#if defined(__x86_64__)
#define DRIFTD_PREFETCHES_WRITES __attribute__((target("prfchw")))
#else
#define DRIFTD_PREFETCHES_WRITES
#endif

namespace driftd {
namespace {

constexpr std::size_t kCellsABlock = 1 << 16;

class CsvReader final : public TableReader {
 public:
  explicit CsvReader(ChunkBuffer buffer) : splitter_(std::move(buffer)) {}

  std::expected<void, TableError> read_header(const TableOptions& options);

  // As many records as were read from the file together.
  std::expected<bool, TableError> next() override {
    rows_ = 0;
    if (bad_record_) return std::unexpected(*bad_record_);
    const auto first = splitter_.next();
    if (!first) return std::unexpected(first.error());
    for (const CsvRawRecord* record = *first ? &**first : nullptr; record != nullptr; record = splitter_.at_hand()) {
      bad_record_ = split(*record);
      if (bad_record_) break;
      add_row();
      if (rows_ * columns_.size() >= kCellsABlock || fields_.copied()) break;
    }
    if (bad_record_ && rows_ == 0) return std::unexpected(*bad_record_);
    return rows_ > 0;
  }

  RowBlock block() const override { return {std::span(cells_).first(rows_ * columns_.size()), rows_}; }
  const std::vector<std::string>& columns() const override { return columns_; }

 private:
  std::optional<TableError> split(const CsvRawRecord& record);
  std::size_t surplus_offset(std::string_view record) const;
  std::optional<TableError> name_columns(const CsvRawRecord& header);
  void add_row();

  CsvRecordSplitter splitter_;
  char delimiter_ = ',';
  CsvFields fields_;
  std::vector<std::string> columns_;
  std::vector<Cell> cells_;               // of the block; what is behind it was of others
  std::size_t rows_ = 0;                  // of the block
  std::optional<TableError> bad_record_;  // behind the block
};

// Other threads may have read the last block's cells: to write them means to take them back, which is asked for some rows ahead.
DRIFTD_PREFETCHES_WRITES void CsvReader::add_row() {
  constexpr std::size_t kRowsAhead = 4;
  const std::size_t width = columns_.size();
  for (std::uint32_t i = 0; cells_.size() < (rows_ + 1) * width; ++i) cells_.emplace_back().column = i;
  Cell* const row = cells_.data() + rows_ * width;
  if ((rows_ + kRowsAhead + 1) * width <= cells_.size()) {
    for (std::size_t i = 0; i < width; ++i) __builtin_prefetch(row + kRowsAhead * width + i, 1);
  }
  for (std::size_t i = 0; i < width; ++i) {
    row[i].text = fields_[i];
    row[i].kind = fields_[i].empty() ? ValueKind::kNull : ValueKind::kCsvText;
  }
  ++rows_;
}

// Where the first field lies that the header does not have; the end of the record where some are missing.
std::size_t CsvReader::surplus_offset(std::string_view record) const {
  bool quoted = false;
  std::size_t delimiters = 0;
  for (std::size_t i = 0; i < record.size(); ++i) {
    if (record[i] == '"') quoted = !quoted;
    if (record[i] == delimiter_ && !quoted && ++delimiters == columns_.size()) return i;
  }
  return record.size();
}

std::optional<TableError> CsvReader::split(const CsvRawRecord& record) {
  if (const std::size_t good = utf8_prefix(record.text); good < record.text.size()) return splitter_.error_at(record, good, "not UTF-8");
  if (const auto error = fields_.split(record.text, delimiter_)) return splitter_.error_at(record, error->offset, error->what);
  if (columns_.empty() || fields_.size() == columns_.size()) return std::nullopt;
  const auto what = fmt::format("this record has {} fields, the header {}", fields_.size(), columns_.size());
  return splitter_.error_at(record, surplus_offset(record.text), what);
}

std::optional<TableError> CsvReader::name_columns(const CsvRawRecord& header) {
  std::unordered_map<std::string, std::size_t> seen;
  for (const auto field : fields_.fields()) {
    columns_.emplace_back(field);
    const auto [first, is_new] = seen.emplace(columns_.back(), columns_.size());
    if (!is_new && !field.empty()) {
      const auto what = fmt::format("columns {} and {} are both named '{}'", first->second, columns_.size(), field);
      return splitter_.error_at(header, 0, what);
    }
  }
  return std::nullopt;
}

std::expected<void, TableError> CsvReader::read_header(const TableOptions& options) {
  const auto header = splitter_.next();
  if (!header) return std::unexpected(header.error());
  if (!*header) return std::unexpected(TableError{TableError::Kind::kBadInput, splitter_.name() + ":1:1: no header: the file is empty"});
  delimiter_ = detect_delimiter((*header)->text);
  splitter_.set_delimiter(delimiter_);
  if (delimiter_ != ',' && options.say) {
    options.say(
        fmt::format("{}: columns are separated by {}, as its header shows", splitter_.name(), delimiter_ == ';' ? "semicolons" : "tabs"));
  }
  auto error = split(**header);
  if (!error) error = name_columns(**header);
  if (error) return std::unexpected(std::move(*error));
  return {};
}

}  // namespace

std::expected<std::unique_ptr<TableReader>, TableError> make_csv_reader(ChunkBuffer buffer, const TableOptions& options) {
  auto reader = std::make_unique<CsvReader>(std::move(buffer));
  if (auto read = reader->read_header(options); !read) return std::unexpected(read.error());
  return reader;
}

}  // namespace driftd
