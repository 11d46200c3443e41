#include "daemon/sink/webhook_queue.h"

#include <doctest/doctest.h>

#include "tests/daemon/sink/events.h"

using namespace driftd;
using namespace driftd::sink_test;

namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kStart = 1'772'359'500 * kSecond;  // wall time

// A queue, its receiver's answers and its clock.
struct Bed {
  explicit Bed(std::int64_t max_age_us = 3600 * kSecond)
      : queue([](const OutRecord& record, std::int64_t) { return PushRequest{record.value, {}}; }, max_age_us, [this] { return random; }) {}

  Moment now() const { return {at, kStart + at}; }
  void add(std::uint64_t sequence, const std::string& alert = "a") {
    OutRecord record;
    record.sequence = sequence;
    record.key = alert;
    record.value = std::to_string(sequence);
    record.first_try_us = kStart + at;
    queue.add(std::move(record), now());
  }
  // What is sent now; "" = nothing. The answer follows at once.
  std::string send(const PushAnswer& answer) {
    const auto request = queue.next(now());
    if (!request) return {};
    words = queue.answered(answer, now());
    return request->body;
  }

  double random = 0.5;
  std::int64_t at = 0;
  WebhookQueue queue;
  std::string words;
};

const PushAnswer kOk{.status = 200}, kBroken{.status = 500}, kAway{.error = "Connection refused"};

}  // namespace

TEST_CASE("events leave in order, once") {
  Bed bed;
  for (const std::uint64_t sequence : {1, 2, 3}) bed.add(sequence);
  CHECK(bed.send(kOk) == "1");
  CHECK(bed.send(kOk) == "2");
  CHECK(bed.send({.status = 204, .seconds = 0.02}) == "3");
  CHECK(bed.send(kOk).empty());
  CHECK(bed.queue.take_done() == std::vector<std::uint64_t>{1, 2, 3});
  CHECK(bed.queue.take_done().empty());
  CHECK(bed.queue.counts().ok == 3);
  CHECK(bed.queue.counts().times.counts[1] == 1);
  CHECK(bed.words.empty());
}

TEST_CASE("full jitter: a random part of a wait that doubles up to five minutes") {
  Bed bed;
  bed.random = 0.999999;
  bed.add(1);
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 12; ++i) {
    REQUIRE(bed.send(kAway) == "1");
    const std::int64_t failed_at = bed.at;
    while (!bed.queue.next(bed.now())) bed.at += kSecond / 10;
    waits.push_back((bed.at - failed_at + kSecond / 2) / kSecond);
  }
  CHECK(waits == std::vector<std::int64_t>{1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300});
  CHECK(bed.words == "Connection refused; trying again");
  CHECK(bed.queue.counts().retry == 12);
  bed.random = 0;  // the other end of the jitter
  bed.send(kAway);
  CHECK(bed.queue.next(bed.now()).has_value());
}

TEST_CASE("max_age ends it, counted from the first try, over restarts too") {
  Bed bed(60 * kSecond);
  bed.add(1);
  CHECK(bed.send(kBroken) == "1");
  bed.at = 59 * kSecond;
  CHECK(bed.send(kBroken) == "1");
  bed.at = 60 * kSecond;
  bed.add(2, "b");
  CHECK(bed.send(kOk) == "2");
  CHECK(bed.words == "1 older than max_age given up");
  CHECK(bed.queue.take_done() == std::vector<std::uint64_t>{1, 2});
  CHECK(bed.queue.counts().error == 1);
  CHECK(bed.queue.counts().ok == 1);
}

TEST_CASE("Retry-After is obeyed, for the receiver as a whole") {
  Bed bed;
  bed.random = 0;
  bed.add(1, "a");
  bed.add(2, "b");
  CHECK(bed.send({.status = 429, .retry_after = "30"}) == "1");
  bed.at = 30 * kSecond - 1;
  CHECK(bed.send(kOk).empty());
  bed.at = 30 * kSecond;
  CHECK(bed.send(kOk) == "2");  // due since its arrival
  CHECK(bed.send(kOk) == "1");
}

TEST_CASE("one event that the receiver breaks on holds up its own alert only") {
  Bed bed;
  bed.add(1, "bad");
  bed.add(2, "good");
  bed.add(3, "bad");
  CHECK(bed.send(kBroken) == "1");
  CHECK(bed.send(kOk) == "2");
  CHECK(bed.send(kOk).empty());  // 3 waits for 1
  bed.at = 2 * kSecond;
  CHECK(bed.send(kOk) == "1");
  CHECK(bed.send(kOk) == "3");
}

TEST_CASE("a receiver that is away is not asked for every event") {
  Bed bed;
  for (std::uint64_t sequence = 1; sequence <= 100; ++sequence) bed.add(sequence, std::to_string(sequence));
  int asked = 0;
  for (; bed.at < 60 * kSecond; bed.at += kSecond / 10) asked += bed.send(kAway).empty() ? 0 : 1;
  CHECK(asked < 10);
  CHECK(asked > 3);
}

TEST_CASE("other answers park the event: an error, and no further try; the next ones go on") {
  Bed bed;
  bed.add(1, "a");
  bed.add(2, "a");
  CHECK(bed.send({.status = 404, .body = "no such hook"}) == "1");
  CHECK(bed.words == "answered 404: no such hook; not tried again before the next start");
  CHECK(bed.send(kOk) == "2");
  bed.at = 3000 * kSecond;
  CHECK(bed.send(kOk).empty());
  CHECK(bed.queue.take_done() == std::vector<std::uint64_t>{2});  // the outbox keeps 1 for the next start
  CHECK(bed.queue.counts().error == 1);
  bed.at = 3601 * kSecond;
  CHECK(bed.send(kOk).empty());
  CHECK(bed.queue.take_done() == std::vector<std::uint64_t>{1});
  CHECK(bed.queue.counts().error == 1);  // counted once
}

TEST_CASE("a thousand are parked, the oldest of more are given up; and they take no room") {
  Bed bed;
  for (std::uint64_t sequence = 1; sequence <= 1002; ++sequence) {
    REQUIRE(bed.queue.has_room());
    bed.add(sequence);
    REQUIRE_FALSE(bed.send({.status = 403}).empty());
  }
  CHECK(bed.send(kOk).empty());
  CHECK(bed.queue.take_done() == std::vector<std::uint64_t>{1, 2});
  CHECK(bed.queue.counts().error == 1002);
}

TEST_CASE("room for a thousand") {
  Bed bed;
  for (std::uint64_t sequence = 1; sequence <= 1000; ++sequence) {
    REQUIRE(bed.queue.has_room());
    bed.add(sequence);
  }
  CHECK_FALSE(bed.queue.has_room());
}
