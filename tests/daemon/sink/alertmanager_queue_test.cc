#include "daemon/sink/alertmanager_queue.h"

#include <doctest/doctest.h>

#include <set>

#include "daemon/runtime/event_time.h"
#include "tests/daemon/sink/events.h"

using namespace driftd;
using namespace driftd::sink_test;

namespace {

constexpr std::int64_t kSecond = 1'000'000, kMinute = 60 * kSecond;
const std::int64_t kStart = *parse_rfc3339("2026-03-01T11:00:00Z");

struct Bed {
  Moment now() const { return {at, kStart + at}; }
  void add(std::uint64_t sequence, const Event& event) { queue.add(record_of(sequence, event), now()); }
  // "fingerprint-free" rows of what is sent now: feature/severity startsAt endsAt.
  std::vector<std::string> send(const PushAnswer& answer = {.status = 200}) {
    const auto request = queue.next(now());
    if (!request) return {};
    words = queue.answered(answer, now());
    std::vector<std::string> rows;
    const auto json = parse_json(request->body);
    REQUIRE(json.has_value());
    for (const JsonTree& alert : *json->array()) {
      const auto text = [&](std::string_view path) { return *alert.find(path)->text(); };
      rows.push_back(text("labels.feature") + "/" + text("labels.severity") + " " + text("startsAt").substr(11) + " " +
                     text("endsAt").substr(11));
    }
    return rows;
  }

  std::int64_t at = 0;
  AlertmanagerQueue queue{{.labels = {{"team", "risk"}}, .headers = {{"Authorization", "Bearer x"}}}};
  std::string words;
};

using Rows = std::vector<std::string>;
using Sequences = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("an alert is sent at once and every minute; it ends four minutes after the last time") {
  Bed bed;
  bed.add(1, {});
  CHECK(bed.send() == Rows{"amount/warning 10:05:00Z 11:04:00Z"});
  CHECK(bed.queue.take_done() == Sequences{1});
  bed.at = kMinute - 1;
  CHECK(bed.send().empty());
  bed.at = kMinute;
  CHECK(bed.send() == Rows{"amount/warning 10:05:00Z 11:05:00Z"});
  CHECK(bed.queue.counts().ok == 1);  // of events, not of requests
}

TEST_CASE("what is resolved is told for five more minutes") {
  Bed bed;
  bed.add(1, {});
  bed.send();
  bed.at = 10 * kSecond;
  bed.add(2, {.transition = "resolved", .time = "2026-03-01T10:20:00Z"});
  CHECK(bed.send() == Rows{"amount/warning 10:05:00Z 11:00:10Z"});
  int told = 1;
  for (; bed.at < 20 * kMinute; bed.at += kSecond) told += static_cast<int>(bed.send().size());
  CHECK(told == 6);  // at once, and in the rounds of five minutes
  CHECK(bed.queue.take_done() == Sequences{1, 2});
}

TEST_CASE("a raised severity ends the old alert and begins the new one in one request") {
  Bed bed;
  bed.add(1, {});
  bed.send();
  bed.at = kSecond;
  bed.add(2, {.transition = "updated", .severity = "critical", .time = "2026-03-01T10:10:00Z"});
  CHECK(bed.send() == Rows{"amount/critical 10:10:00Z 11:04:01Z", "amount/warning 10:05:00Z 11:00:01Z"});
  bed.at = 2 * kSecond;
  bed.add(3, {.transition = "resolved", .severity = "critical"});
  CHECK(bed.send() == Rows{"amount/critical 10:10:00Z 11:00:02Z"});
  CHECK(bed.queue.take_done() == Sequences{1, 2, 3});
}

TEST_CASE("of an alert only the latest transition waits") {
  Bed bed;
  const PushAnswer away{.error = "Connection refused"};
  bed.add(1, {});
  bed.add(2, {.fingerprint = "f2", .feature = "age"});
  CHECK(bed.send(away).size() == 2);
  CHECK(bed.words == "Connection refused; trying again");
  CHECK(bed.queue.counts().retry == 2);
  bed.add(3, {.transition = "resolved"});
  CHECK(bed.queue.take_done() == Sequences{1});  // overtaken
  CHECK(bed.send().empty());                     // the receiver is left alone for a second
  bed.at = kSecond;
  CHECK(bed.send() == Rows{"amount/warning 10:05:00Z 11:00:00Z", "age/warning 10:05:00Z 11:04:01Z"});
  CHECK(bed.queue.take_done() == Sequences{3, 2});
}

TEST_CASE("a replica that is away is asked again after longer and longer, at most half a minute") {
  Bed bed;
  bed.add(1, {});
  std::vector<std::int64_t> asked;
  for (; bed.at < 3 * kMinute; bed.at += kSecond) {
    if (!bed.send({.status = 503}).empty()) asked.push_back(bed.at / kSecond);
  }
  CHECK(asked == std::vector<std::int64_t>{0, 1, 3, 7, 15, 31, 61, 91, 121, 151});
  CHECK(bed.queue.take_done().empty());
}

TEST_CASE("refused: an error, once, and told again with the next round") {
  Bed bed;
  bed.add(1, {});
  CHECK(bed.send({.status = 400, .body = "bad"}).size() == 1);
  CHECK(bed.words == "answered 400: bad; sent again with the next round");
  bed.at = kMinute - 1;
  CHECK(bed.send().empty());
  bed.at = kMinute;
  CHECK(bed.send({.status = 401}).size() == 1);
  CHECK(bed.queue.counts().error == 1);
  CHECK(bed.queue.take_done().empty());
  bed.at = 2 * kMinute;
  CHECK(bed.send().size() == 1);
  CHECK(bed.queue.take_done() == Sequences{1});
}

TEST_CASE("what nobody took before it had ended anyway is given up") {
  Bed bed;
  bed.add(1, {.transition = "resolved"});
  for (; bed.at < 10 * kMinute; bed.at += 10 * kSecond) bed.send({.error = "away"});
  CHECK(bed.queue.take_done() == Sequences{1});
  CHECK(bed.queue.counts().error == 1);
}

TEST_CASE("after a start the state's firing alerts are told again, but not before the records that follow it") {
  Bed bed;
  bed.queue.restore(event_text({}), bed.now(), 5 * kSecond);
  bed.queue.restore("no event", bed.now(), 5 * kSecond);
  bed.at = 5 * kSecond - 1;
  CHECK(bed.send().empty());
  bed.add(7, {.transition = "resolved"});
  bed.at = 5 * kSecond;
  CHECK(bed.send() == Rows{"amount/warning 10:05:00Z 11:00:04.999999Z"});
  Bed again;
  again.queue.restore(event_text({.transition = "updated", .severity = "critical"}), again.now(), 0);
  CHECK(again.send() == Rows{"amount/critical 10:05:00Z 11:04:00Z"});
  CHECK(again.queue.take_done().empty());
}

TEST_CASE("no alert ends before it starts, whatever event time says") {
  Bed bed;
  bed.add(1, {.time = "2026-03-01T11:30:00Z"});
  CHECK(bed.send() == Rows{"amount/warning 11:00:00Z 11:04:00Z"});
  bed.add(2, {.transition = "resolved", .time = "2026-03-01T11:30:00Z"});
  CHECK(bed.send() == Rows{"amount/warning 11:00:00Z 11:00:00Z"});
}

TEST_CASE("many alerts are several requests, and the login goes with each") {
  Bed bed;
  for (std::uint64_t i = 1; i <= 600; ++i) bed.add(i, {.fingerprint = "f" + std::to_string(i)});
  std::multiset<std::size_t> sizes;
  for (auto request = bed.queue.next(bed.now()); request; request = bed.queue.next(bed.now())) {
    CHECK(request->headers.front() == std::pair<std::string, std::string>("Authorization", "Bearer x"));
    CHECK(request->body.find(R"("team":"risk")") != std::string::npos);
    sizes.insert(parse_json(request->body)->array()->size());
    bed.queue.answered({.status = 200}, bed.now());
  }
  CHECK(sizes == std::multiset<std::size_t>{88, 256, 256});
  CHECK(bed.queue.take_done().size() == 600);
}

TEST_CASE("generatorURL is there with a page only, and what is no event is given up") {
  Bed bed;
  bed.add(1, {.page = "https://d.example/ui/alerts/1"});
  CHECK(bed.queue.next(bed.now())->body.find(R"("generatorURL":"https://d.example/ui/alerts/1")") != std::string::npos);
  Bed bare;
  bare.add(1, {});
  CHECK(bare.queue.next(bare.now())->body.find("generatorURL") == std::string::npos);
  OutRecord strange = record_of(9);
  strange.value = "?";
  bare.queue.add(strange, bare.now());
  CHECK(bare.queue.take_done() == Sequences{9});
  CHECK(bare.queue.counts().error == 1);
}
