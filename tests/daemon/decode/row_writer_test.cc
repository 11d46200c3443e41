#include "daemon/decode/row_writer.h"

#include <doctest/doctest.h>

#include <cmath>

#include "detectors/reference/cells.h"
#include "tests/daemon/decode/decode_fixture.h"

namespace driftd {

TEST_CASE("known hashes are found, others are not, zero included") {
  const std::vector<std::uint64_t> hashes{1, 2, 3, 16, 17, 32, UINT64_MAX};
  const KnownHashes known(hashes);
  for (const std::uint64_t hash : hashes) CHECK(known.contains(hash));
  for (const std::uint64_t hash : {0, 4, 5, 48, 1000}) CHECK_FALSE(known.contains(hash));
  CHECK(KnownHashes({0}).contains(0));
  CHECK_FALSE(KnownHashes({0}).contains(1));
  CHECK(KnownHashes().empty());
  CHECK_FALSE(known.empty());
}

TEST_CASE("an answer that was not given makes no error") {
  AnswerReader prediction, label;
  CHECK(std::isnan(AnswerReader::error(prediction, label)));
  prediction.set(1.0);
  CHECK(std::isnan(AnswerReader::error(prediction, label)));
  label.set(std::int64_t{1});
  CHECK(AnswerReader::error(prediction, label) == 0);
  label.set(std::uint64_t{2});
  CHECK(AnswerReader::error(prediction, label) == 1);
  label.set_text("1");
  CHECK(AnswerReader::error(prediction, label) == 0);
  label.clear();
  CHECK(std::isnan(AnswerReader::error(prediction, label)));
}

TEST_CASE("a row counts only when it is finished") {
  const DecodePlan plan = test_plan();
  RecordBatch batch;
  reserve(plan, batch);
  RowWriter row(plan);
  row.start(batch);
  row.number(0, -0.0);
  row.event_time(5);
  CHECK_FALSE(row.finish(message("", 40, 3)));
  CHECK(batch.rows == 1);
  CHECK(batch.offset[0] == 40);
  CHECK(batch.event_time_us[0] == 5);
  CHECK(batch.record_time_us[0] == 3);
  CHECK_FALSE(std::signbit(batch.numeric[0]));

  row.start(batch);
  row.number(0, 1);
  CHECK(row.finish(message("", 41, 3)) == Reject::kMissingTime);
  CHECK(batch.rows == 1);
  CHECK(std::isnan(batch.numeric[1]));
}

TEST_CASE("the event time is bounded by the record's own, where it has one") {
  DecodePlan plan = test_plan();
  struct Row {
    std::string name;
    std::int64_t event, record;
    std::optional<Reject> want;
  };
  const Row rows[] = {
      {"equal", 10, 10, std::nullopt},
      {"at the bound", 1'000'010, 10, std::nullopt},
      {"over it", 1'000'011, 10, Reject::kFutureTime},
      {"long ago", -5'000'000'000, 10, std::nullopt},
      {"no record time", 1'000'011, kNoTime, std::nullopt},
      {"a record time at the end of all numbers", 10, INT64_MAX - 1, std::nullopt},
  };
  for (const Row& each : rows) {
    CAPTURE(each.name);
    RecordBatch batch;
    reserve(plan, batch);
    RowWriter row(plan);
    row.start(batch);
    row.event_time(each.event);
    CHECK(row.finish(message("", 0, each.record)) == each.want);
  }
}

}  // namespace driftd
