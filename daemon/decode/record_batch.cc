#include "daemon/decode/record_batch.h"

#include <algorithm>
#include <limits>

namespace driftd {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

template <class Cell>
void set_row(std::vector<Cell>& columns, std::uint32_t row, Cell value) {
  for (std::size_t at = row; at < columns.size(); at += kColumnStride) columns[at] = value;
}

}  // namespace

std::string_view reject_name(Reject reject) {
  constexpr std::array<std::string_view, kRejects> kNames{"tombstone",    "too_large",  "bad_json",    "not_object",
                                                          "missing_time", "bad_time",   "future_time", "bad_csv",
                                                          "bad_frame",    "bad_schema", "bad_avro",    "bad_protobuf"};
  return kNames[static_cast<std::size_t>(reject)];
}

void clear(RecordBatch& batch) {
  batch.rows = 0;
  std::ranges::fill(batch.numeric, kNan);
  std::ranges::fill(batch.category, 0);
  std::ranges::fill(batch.numeric_class, ValueClass::kAbsent);
  std::ranges::fill(batch.category_class, ValueClass::kAbsent);
  batch.error.fill(kNan);
  batch.unseen.clear();
  batch.unseen_names.clear();
  batch.rejected.clear();
}

void clear_row(RecordBatch& batch, std::uint32_t row) {
  set_row(batch.numeric, row, kNan);
  set_row(batch.category, row, std::uint64_t{0});
  set_row(batch.numeric_class, row, ValueClass::kAbsent);
  set_row(batch.category_class, row, ValueClass::kAbsent);
  batch.error[row] = kNan;
  while (!batch.unseen.empty() && batch.unseen.back().row == row) {
    batch.unseen_names.resize(batch.unseen_names.size() - batch.unseen.back().name.size());
    batch.unseen.pop_back();
  }
}

}  // namespace driftd
