#include "daemon/state/outbox.h"

#include <doctest/doctest.h>

namespace driftd {

namespace {

// Takes `room` records, then is full; acknowledges and fails what it is told to.
class ScriptedSink final : public RecordSink {
 public:
  bool send(const OutRecord& record) override {
    if (room == 0) return false;
    --room;
    sent.push_back(record.sequence);
    return true;
  }
  std::vector<std::uint64_t> take_acked() override { return std::exchange(acked, {}); }
  std::vector<std::uint64_t> take_failed() override { return std::exchange(failed, {}); }
  std::size_t room = 100;
  std::vector<std::uint64_t> sent, acked, failed;
};

OutRecord record(const std::string& value) { return {0, "t", "k", value, {{"content-type", "text"}}, 7}; }

}  // namespace

TEST_CASE("records leave in order, wait where the sink is full or a snapshot is needed, and are forgotten once acknowledged") {
  Outbox outbox;
  for (const char* value : {"a", "b", "c", "d"}) outbox.add(record(value));
  ScriptedSink sink;
  sink.room = 2;
  outbox.send(sink, outbox.last_sequence());
  CHECK(sink.sent == std::vector<std::uint64_t>{1, 2});
  sink.room = 100;
  outbox.send(sink, 3);  // the fourth may not leave yet
  CHECK(sink.sent == std::vector<std::uint64_t>{1, 2, 3});
  sink.acked = {2, 3};
  sink.failed = {1};
  outbox.settle(sink);
  CHECK(outbox.waiting() == 2);
  CHECK(outbox.waiting_by_topic() == std::map<std::string, std::uint64_t>{{"t", 2}});
  CHECK(outbox.delivered() == 2);
  CHECK(outbox.retried() == 1);
  outbox.send(sink, 4);
  CHECK(sink.sent == std::vector<std::uint64_t>{1, 2, 3, 1, 4});
  sink.acked = {1, 4, 4, 99};
  outbox.settle(sink);
  CHECK(outbox.waiting() == 0);
  CHECK(outbox.bytes() == 0);
}

TEST_CASE("after a restart everything unacknowledged is sent again, with the same sequence") {
  Outbox outbox;
  for (const char* value : {"a", "b", "c"}) outbox.add(record(value));
  ScriptedSink sink;
  outbox.send(sink, 3);
  sink.acked = {2};
  outbox.settle(sink);
  ByteWriter out;
  outbox.save(out);
  Outbox restored;
  ByteReader in(out.bytes());
  REQUIRE(restored.load(in));
  CHECK(in.done());
  CHECK(restored.bytes() == outbox.bytes());
  ScriptedSink next;
  restored.send(next, restored.last_sequence());
  CHECK(next.sent == std::vector<std::uint64_t>{1, 3});
  restored.add(record("d"));
  CHECK(restored.last_sequence() == 4);
  for (std::size_t size = 0; size < out.bytes().size(); ++size) {
    Outbox damaged;
    ByteReader cut(std::string_view(out.bytes()).substr(0, size));
    CHECK_FALSE((damaged.load(cut) && cut.done()));
  }
}

TEST_CASE("dead letters wait among the rest and are not counted as alerts") {
  Outbox outbox;
  outbox.add(record("alert"));
  OutRecord letter = record("letter");
  letter.key = "rows/0/7";
  outbox.add(letter);
  CHECK(outbox.waiting() == 2);
  CHECK(outbox.waiting_alerts() == 1);
  ScriptedSink sink;
  outbox.send(sink, 2);
  sink.failed = {1, 2};
  outbox.settle(sink);
  CHECK(outbox.retried() == 1);
  sink.acked = {1, 2};
  outbox.settle(sink);
  CHECK(outbox.delivered() == 1);
  CHECK(outbox.waiting_alerts() == 0);
}

TEST_CASE("the time of the first try stays, over a restart too; what an older driftd saved has none") {
  Outbox outbox;
  outbox.add(record("a"));
  ScriptedSink sink;
  sink.room = 0;
  outbox.send(sink, 1, 70);
  ByteWriter out;
  outbox.save(out);
  Outbox restored;
  ByteReader in(out.bytes());
  REQUIRE(restored.load(in));
  class Noting final : public RecordSink {
   public:
    bool send(const OutRecord& record) override {
      first_try_us = record.first_try_us;
      return true;
    }
    std::vector<std::uint64_t> take_acked() override { return {}; }
    std::vector<std::uint64_t> take_failed() override { return {}; }
    std::int64_t first_try_us = 0;
  } noting;
  restored.send(noting, 1, 90);
  CHECK(noting.first_try_us == 70);

  ByteWriter old;
  old.u64(2);
  old.u64(0);
  old.varint(1);
  old.u64(1);
  old.i64(7);
  for (const char* text : {"t", "k", "a"}) old.string(text);
  old.varint(0);
  Outbox before;
  ByteReader first(old.bytes());
  REQUIRE(before.load(first, 1));
  CHECK(first.done());
  before.send(noting, 1, 90);
  CHECK(noting.first_try_us == 90);
}

TEST_CASE("over its bytes the oldest that the sink does not hold are given up") {
  Outbox outbox;
  for (int i = 0; i < 10; ++i) outbox.add(record("12345678"));  // ten bytes each
  ScriptedSink sink;
  sink.room = 2;
  outbox.send(sink, 10);
  CHECK(outbox.give_up_over(1000) == 0);
  CHECK(outbox.give_up_over(50) == 5);
  CHECK(outbox.waiting() == 5);
  sink.room = 100;
  outbox.send(sink, 10);
  CHECK(sink.sent == std::vector<std::uint64_t>{1, 2, 8, 9, 10});
  CHECK(outbox.give_up_over(0) == 0);  // all are in the sink's hands
}

}  // namespace driftd
