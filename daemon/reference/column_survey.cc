#include "daemon/reference/column_survey.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "daemon/runtime/glob.h"

namespace driftd {
namespace {

using Nothing = std::expected<void, TableError>;

constexpr std::size_t kMostParts = 4;
constexpr std::size_t kFewCells = 1 << 12;  // of a block: other threads would take longer to wake

}  // namespace

Nothing ColumnSurvey::share_memory() {
  const auto keepers = std::ranges::count_if(columns_, [](const Column& column) { return column.numbers.has_value(); });
  for (auto& [evidence, numbers] : columns_) {
    if (!numbers) continue;
    if (auto fits = numbers->set_memory(options_.memory_bytes / static_cast<std::size_t>(keepers)); !fits) return fits;
  }
  return {};
}

Nothing ColumnSurvey::add_columns(const std::vector<std::string>& names) {
  for (std::size_t column = columns_.size(); column < names.size(); ++column) {
    const auto& name = names[column];
    const bool wanted = !name.empty() && name != options_.time_column && !matches_any(options_.exclude, name);
    auto& added = columns_.emplace_back();
    if (wanted) added.numbers = FeatureCounter::numeric(name, 0, spill_);
  }
  return share_memory();
}

// More than one where each cell of a row is another column's, and none of them can come to use the spill file.
std::size_t ColumnSurvey::parts_of(const RowBlock& block) const {
  if (block.cells.size() < kFewCells) return 1;
  const auto row = block.row(0);
  if (!std::ranges::is_sorted(row, std::ranges::less_equal(), &Cell::column)) return 1;
  const auto fits = [&](const Column& column) { return !column.numbers || column.numbers->has_room(block.rows); };
  return std::ranges::all_of(columns_, fits) ? std::min(kMostParts, row.size()) : 1;
}

Nothing ColumnSurvey::look_at(const Cell& cell, bool& let_go) {
  auto& [evidence, numbers] = columns_[cell.column];
  if (!numbers) {
    evidence.add(cell);
    return {};
  }
  const auto value = numeric_value(cell);
  evidence.add(cell, value);
  if (evidence.looks_numeric() || !evidence.has_values()) return numbers->add(value);
  numbers.reset();
  let_go = true;
  return {};
}

void ColumnSurvey::look_at(const RowBlock& block, Part& part) {
  const std::size_t width = block.width();
  for (std::size_t row = 0; row < block.rows; ++row) {
    for (const Cell& cell : block.cells.subspan(row * width + part.first, part.end - part.first)) {
      part.done = look_at(cell, part.let_go);
      if (!part.done) return;
    }
  }
}

Nothing ColumnSurvey::add(const RowBlock& block, const std::vector<std::string>& names) {
  if (columns_.size() < names.size()) {
    if (auto added = add_columns(names); !added) return added;
  }
  std::vector<Part> parts(parts_of(block));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i].first = block.width() * i / parts.size();
    parts[i].end = block.width() * (i + 1) / parts.size();
  }
  crew_.run(parts.size(), [&](std::size_t i) { look_at(block, parts[i]); });
  for (const Part& part : parts) {
    if (!part.done) return part.done;
  }
  return std::ranges::any_of(parts, &Part::let_go) ? share_memory() : Nothing();
}

std::vector<ColumnEvidence> ColumnSurvey::take_evidence() {
  std::vector<ColumnEvidence> evidence;
  for (auto& column : columns_) evidence.push_back(std::move(column.evidence));
  return evidence;
}

std::vector<std::optional<FeatureCounter>> ColumnSurvey::take_numbers() {
  std::vector<std::optional<FeatureCounter>> numbers;
  for (auto& column : columns_) numbers.push_back(std::exchange(column.numbers, std::nullopt));
  return numbers;
}

}  // namespace driftd
