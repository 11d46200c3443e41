#include "daemon/decode/record_batch.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "tests/daemon/decode/decode_fixture.h"

namespace driftd {

TEST_CASE("rejects have the names that metrics and dead letters carry") {
  const std::string want[] = {"tombstone",   "too_large", "bad_json",  "not_object", "missing_time", "bad_time",
                              "future_time", "bad_csv",   "bad_frame", "bad_schema", "bad_avro",     "bad_protobuf"};
  for (std::size_t i = 0; i < kRejects; ++i) CHECK(reject_name(static_cast<Reject>(i)) == want[i]);
}

TEST_CASE("a cleared row leaves the others, and takes its unseen names along") {
  const DecodePlan plan = test_plan();
  RecordBatch batch;
  reserve(plan, batch);
  for (std::uint32_t row = 0; row < 2; ++row) {
    batch.numeric[kColumnStride + row] = row;
    batch.numeric_class[kColumnStride + row] = ValueClass::kValid;
    batch.category[row] = 7;
    batch.category_class[row] = ValueClass::kNull;
    batch.error[row] = 1;
    batch.unseen_names.insert(batch.unseen_names.end(), {'a', 'b'});
    batch.unseen.push_back({static_cast<std::uint16_t>(row), 2, {batch.unseen_names.data() + 2 * row, 2}});
  }
  clear_row(batch, 1);
  CHECK(std::isnan(batch.numeric[kColumnStride + 1]));
  CHECK(batch.numeric_class[kColumnStride + 1] == ValueClass::kAbsent);
  CHECK(batch.category[1] == 0);
  CHECK(batch.category_class[1] == ValueClass::kAbsent);
  CHECK(std::isnan(batch.error[1]));
  CHECK(batch.numeric[kColumnStride] == 0);
  CHECK(batch.category[0] == 7);
  CHECK(batch.error[0] == 1);
  REQUIRE(batch.unseen.size() == 1);
  CHECK(batch.unseen[0].name == "ab");
  CHECK(batch.unseen_names.size() == 2);

  batch.rows = 1;
  batch.rejected.push_back({0, Reject::kTombstone});
  clear(batch);
  CHECK(batch.rows == 0);
  CHECK(batch.unseen.empty());
  CHECK(batch.rejected.empty());
  CHECK(std::isnan(batch.numeric[kColumnStride]));
  CHECK(batch.category[0] == 0);
}

}  // namespace driftd
