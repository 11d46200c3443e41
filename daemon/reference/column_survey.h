// The first reading of a table: what each column shows and, as long as a column looks numeric, its numbers, so that they need not be read
// again. Columns know nothing of each other: those of a large block are shared between the crew's threads, with the result of one.
// Cost: 10-20 ns a number; memory_bytes for numbers, evenly shared by the columns that keep some, and the spill file for what is beyond.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/reference/column_evidence.h"
#include "daemon/reference/feature_counter.h"
#include "daemon/reference/reference_options.h"
#include "daemon/runtime/crew.h"

namespace driftd {

class ColumnSurvey {
 public:
  // All outlive it.
  ColumnSurvey(const ReferenceOptions& options, SpillFile& spill, Crew& crew) : options_(options), spill_(spill), crew_(crew) {}

  // names: of all columns so far, those of the block among them.
  std::expected<void, TableError> add(const RowBlock& block, const std::vector<std::string>& names);

  // What was found, by column. Ends the survey: once each.
  std::vector<ColumnEvidence> take_evidence();
  std::vector<std::optional<FeatureCounter>> take_numbers();  // nullopt: not kept, so not known

 private:
  struct alignas(64) Column {  // a cache line of its own: its neighbour may be another thread's
    ColumnEvidence evidence;
    std::optional<FeatureCounter> numbers;
  };
  // Some columns of a block.
  struct Part {
    std::size_t first, end;  // cells of each row
    std::expected<void, TableError> done;
    bool let_go = false;  // of a column's numbers
  };
  std::expected<void, TableError> add_columns(const std::vector<std::string>& names);
  std::expected<void, TableError> share_memory();
  std::size_t parts_of(const RowBlock& block) const;
  void look_at(const RowBlock& block, Part& part);
  std::expected<void, TableError> look_at(const Cell& cell, bool& let_go);

  const ReferenceOptions& options_;
  SpillFile& spill_;
  Crew& crew_;
  std::vector<Column> columns_;
};

}  // namespace driftd
