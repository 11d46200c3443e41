// A small monitor for the window tests: a numeric field, a categorical one, the derived error, two declared segments.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "daemon/decode/record_batch.h"
#include "daemon/window/pane_plan.h"
#include "detectors/detector.h"

namespace driftd::window_fixture {

inline PanePlan make_plan(bool segments = true) {
  PanePlan plan;
  plan.pane_us = plan.window_us = plan.advance_us = 1000;
  plan.lateness_us = 100;
  FieldPlan number;
  NumericCells cells{.discrete = false, .edges = {10, 20, 30}, .coarse = {0, 1, 2, 3, 4}};
  number.from = FieldSource::kNumeric;
  number.cells_id = "reference/number";
  number.cell_count = 4;
  number.kernel = CellKernel(cells);
  number.min = 0;
  number.max = 40;
  number.keep_values = true;
  plan.fields.push_back(number);
  FieldPlan category;
  CategoryCells categories;
  categories.dictionary = {"a", "b"};
  categories.known_hashes = {hash_category("a"), hash_category("b"), hash_category("rare")};
  std::sort(categories.known_hashes.begin(), categories.known_hashes.end());
  category.from = FieldSource::kCategory;
  category.cells_id = "reference/category";
  category.slot = 1;
  category.first_cell = 4;
  category.cell_count = 4;
  category.categories = CategoryIndex(categories);
  plan.fields.push_back(category);
  FieldPlan error;
  error.from = FieldSource::kError;
  error.cells_id = "reference/error";
  error.first_cell = 8;
  error.cell_count = 3;
  error.kernel = CellKernel(NumericCells{.discrete = true, .edges = {0, 1}, .coarse = {0, 1, 2, 3}});
  error.min = 0;
  error.max = 1;
  plan.fields.push_back(error);
  plan.cells = 11;
  if (segments) {
    plan.segments.columns = {0};
    plan.segments.declared = {{hash_category("a")}, {hash_category("b")}};
  }
  plan.state_key = segments ? "with segments" : "plain";
  return plan;
}

struct Row {
  std::int64_t offset, time;
  double number;
  std::string category;
  double error;
};

inline std::vector<Row> random_rows(std::uint64_t seed, std::size_t count) {
  std::mt19937_64 random(seed);
  std::vector<Row> rows;
  std::int64_t now = 0;
  for (std::size_t i = 0; i < count; ++i) {
    now += static_cast<std::int64_t>(random() % 20);
    const std::int64_t time = now - static_cast<std::int64_t>(random() % 300);
    const char* categories[] = {"a", "b", "rare", "new", "newer"};
    const double number = random() % 20 == 0 ? kNoNumber : static_cast<double>(random() % 60) - 5;
    const double error = random() % 10 == 0 ? kNoNumber : static_cast<double>(random() % 2);
    rows.push_back({static_cast<std::int64_t>(i), time, number, categories[random() % 5], error});
  }
  return rows;
}

// Rows [from, to) as a batch; the names of unseen categories live in `rows`.
inline RecordBatch make_batch(const std::vector<Row>& rows, std::size_t from, std::size_t to) {
  RecordBatch batch;
  batch.numeric.assign(kColumnStride, kNoNumber);
  batch.numeric_class.assign(kColumnStride, ValueClass::kNull);
  batch.category.assign(kColumnStride, 0);
  batch.category_class.assign(kColumnStride, ValueClass::kValid);
  for (std::size_t i = from; i < to; ++i) {
    const std::uint32_t at = batch.rows++;
    const Row& row = rows[i];
    batch.offset[at] = row.offset;
    batch.event_time_us[at] = row.time;
    if (row.number == row.number) {
      batch.numeric[at] = row.number;
      batch.numeric_class[at] = ValueClass::kValid;
    }
    batch.category[at] = hash_category(row.category);
    batch.error[at] = row.error;
    if (row.category.starts_with("new")) batch.unseen.push_back({static_cast<std::uint16_t>(at), 1, row.category});
  }
  return batch;
}

}  // namespace driftd::window_fixture
