#include "daemon/decode/decoder.h"

#include <doctest/doctest.h>

#include "tests/daemon/decode/decode_fixture.h"

namespace driftd {

TEST_CASE("columns are counted by type, and a reserved batch has room for all of them") {
  DecodePlan plan = test_plan();
  add_slot(plan, "more", SlotType::kCategorical);
  CHECK(plan.numeric_columns() == 2);
  CHECK(plan.category_columns() == 3);
  RecordBatch batch;
  reserve(plan, batch);
  CHECK(batch.numeric.size() == 2 * kColumnStride);
  CHECK(batch.numeric_class.size() == 2 * kColumnStride);
  CHECK(batch.category.size() == 3 * kColumnStride);
  CHECK(batch.category_class.size() == 3 * kColumnStride);
  CHECK(batch.unseen_names.capacity() >= 3 * kBatchRows * kUnseenNameBytes);
}

TEST_CASE("the format decides which decoder is made") {
  DecodePlan plan = test_plan();
  CHECK(decode_one(plan, R"({"ts":0,"x":1})").rows == 1);
  plan.format = Format::kCsv;
  plan.csv_header = {"ts", "x"};
  CHECK(decode_one(plan, "0,1").rows == 1);
  CHECK(decode_one(plan, R"({"ts":0,"x":1})").rows == 0);
}

}  // namespace driftd
