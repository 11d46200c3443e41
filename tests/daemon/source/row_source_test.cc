#include "daemon/source/row_source.h"

#include <doctest/doctest.h>

using namespace driftd;

TEST_CASE("rows come once, in order, as one partition that ends") {
  std::vector<std::string> rows;
  for (int i = 0; i < 1500; ++i) rows.push_back(std::to_string(i));
  RowSource source("t", rows, RowClock{1'000'000, 250});
  const SourceEvent announced = source.poll({});
  CHECK(announced.kind == SourceEvent::Kind::kPartition);
  CHECK(announced.id == TopicPartition{"t", 0});
  source.pause(0);
  CHECK(source.poll({}).kind == SourceEvent::Kind::kNothing);
  source.resume(0);
  std::vector<SourceEvent> batches;
  SourceEvent event = source.poll({});
  for (; event.kind == SourceEvent::Kind::kBatch; event = source.poll({})) batches.push_back(std::move(event));
  CHECK(event.kind == SourceEvent::Kind::kFinished);
  CHECK(source.poll({}).kind == SourceEvent::Kind::kNothing);
  std::int64_t offset = 0;
  for (const auto& each : batches) {
    for (const Message& message : each.batch->messages) {
      REQUIRE(message.offset == offset);
      REQUIRE(message.payload == std::to_string(offset));
      REQUIRE(message.record_time_us == 1'000'000 + 250 * offset);
      ++offset;
    }
  }
  CHECK(offset == 1500);
}

TEST_CASE("without a clock records have no time") {
  RowSource source("t", {"x"}, std::nullopt);
  source.poll({});
  CHECK(source.poll({}).batch->messages[0].record_time_us == kNoTime);
}
