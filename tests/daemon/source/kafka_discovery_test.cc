#include "daemon/source/kafka_discovery.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace driftd;
using std::chrono::seconds;

namespace {

const KafkaDiscovery::Time kStart{};
using Positions = std::vector<SourcePosition>;
using Lines = std::vector<std::string>;

std::vector<StreamConfig> stream(const std::vector<std::string>& topics, StartAt start = StartAt::kLatest, std::int64_t time_us = 0) {
  StreamConfig one;
  one.topics = topics;
  one.start = start;
  one.start_time_us = time_us;
  return {one};
}

TopicsAnswered found(const std::string& topic, std::int32_t partitions, const std::string& id = "id-1") {
  TopicAnswer answer;
  answer.topic = topic;
  answer.topic_id = id;
  answer.partitions = partitions;
  return {{answer}, ""};
}
TopicsAnswered missing(const std::string& topic) {
  TopicAnswer answer;
  answer.topic = topic;
  answer.missing = true;
  answer.error = "unknown topic";
  return {{answer}, ""};
}

std::vector<std::int64_t> asks(const KafkaDiscovery& discovery) {
  std::vector<std::int64_t> at;
  for (const auto& question : discovery.questions()) at.push_back(question.at);
  return at;
}

}  // namespace

TEST_CASE("discovery: a topic never read starts where its stream says") {
  struct Row {
    const char* name;
    StartAt start;
    std::int64_t time_us;
    std::int64_t want;
  };
  const Row rows[] = {
      {"latest", StartAt::kLatest, 0, kLatestOffset}, {"earliest", StartAt::kEarliest, 0, kEarliestOffset},
      {"a time", StartAt::kTime, 5'000'000, 5000},    {"a time within a millisecond", StartAt::kTime, 5'000'001, 5001},
      {"a time before 1970", StartAt::kTime, -1, 0},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    KafkaDiscovery discovery(stream({"t"}, row.start, row.time_us), {});
    CHECK_FALSE(discovery.topics_known());
    discovery.topics_answered(found("t", 2), kStart);
    CHECK(discovery.topics_known());
    CHECK((asks(discovery) == std::vector<std::int64_t>{row.want, row.want}));
  }
}

TEST_CASE("discovery: answers become positions; a time beyond the end means the end") {
  KafkaDiscovery discovery(stream({"t"}, StartAt::kTime, 5'000'000), {});
  discovery.topics_answered(found("t", 2), kStart);
  discovery.offsets_answered({{{{"t", 0}, 7, ""}, {{"t", 1}, -1, ""}}, ""});
  CHECK((asks(discovery) == std::vector<std::int64_t>{kLatestOffset}));
  discovery.offsets_answered({{{{"t", 1}, 90, ""}}, ""});
  CHECK(discovery.questions().empty());
  CHECK((discovery.positions() == Positions{{{"t", 0}, 7}, {{"t", 1}, 90}}));
  CHECK((discovery.take_added() == Positions{{{"t", 0}, 7}, {{"t", 1}, 90}}));
  CHECK(discovery.take_added().empty());
}

TEST_CASE("discovery: an error about one partition is a reason and is asked again") {
  KafkaDiscovery discovery(stream({"t"}), {});
  discovery.topics_answered(found("t", 1), kStart);
  discovery.offsets_answered({{{{"t", 0}, -1, "leader not available"}}, ""});
  CHECK(asks(discovery).size() == 1);
  CHECK((discovery.reasons() == Lines{"topic: the brokers cannot serve it just now (topic 't': partition 0: leader not available)"}));
}

TEST_CASE("discovery: the snapshot's positions win, its other partitions start at 0, dropped topics are forgotten") {
  KafkaDiscovery discovery(stream({"t"}), Positions{{{"t", 0}, 12}, {{"gone", 0}, 5}});
  discovery.topics_answered(found("t", 2), kStart);
  CHECK(discovery.questions().empty());
  CHECK((discovery.positions() == Positions{{{"t", 0}, 12}, {{"t", 1}, 0}}));
}

TEST_CASE("discovery: partitions that appear later start at 0") {
  KafkaDiscovery discovery(stream({"t"}), {});
  discovery.topics_answered(found("t", 1), kStart);
  discovery.offsets_answered({{{{"t", 0}, 40, ""}}, ""});
  discovery.take_added();
  discovery.topics_answered(found("t", 3), kStart);
  CHECK(discovery.questions().empty());
  CHECK((discovery.take_added() == Positions{{{"t", 1}, 0}, {{"t", 2}, 0}}));
}

TEST_CASE("discovery: a missing topic holds the start for a moment, then is read from 0 when it appears") {
  KafkaDiscovery discovery(stream({"t"}), {});
  discovery.topics_answered(missing("t"), kStart);
  CHECK_FALSE(discovery.topics_known());
  CHECK((discovery.reasons() == Lines{"topic: create it, or correct the topics in the configuration (topic 't': does not exist)"}));
  discovery.topics_answered(missing("t"), kStart + seconds(3));
  CHECK(discovery.topics_known());
  CHECK(discovery.positions().empty());
  discovery.topics_answered(found("t", 1), kStart + seconds(9));
  CHECK((discovery.take_added() == Positions{{{"t", 0}, 0}}));
  CHECK(discovery.reasons().empty());
}

TEST_CASE("discovery: a topic created anew is given up, the others are not") {
  struct Row {
    const char* name;
    TopicsAnswered later;
    std::string want;  // "" = still read
  };
  const Row rows[] = {
      {"same id", found("t", 2, "id-1"), ""},
      {"a broker without ids", found("t", 2, ""), ""},
      {"another id", found("t", 2, "id-2"),
       "topic 't' was deleted and created anew; it is no longer read: start driftd again with --reset-state"},
      {"fewer partitions", found("t", 1, "id-1"),
       "topic 't' has fewer partitions than before: it was deleted and created anew; it is no longer read: start driftd again with "
       "--reset-state"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    KafkaDiscovery discovery(stream({"t", "u"}), Positions{{{"t", 0}, 1}, {{"t", 1}, 1}});
    discovery.topics_answered(found("t", 2), kStart);
    discovery.topics_answered(found("u", 1), kStart);
    discovery.topics_answered(row.later, kStart);
    CHECK((discovery.reasons() == (row.want.empty() ? Lines{} : Lines{row.want})));
    CHECK((discovery.take_stopped() == (row.want.empty() ? Lines{} : Lines{"t"})));
    CHECK((discovery.given_up() == (row.want.empty() ? Lines{} : Lines{"t"})));
    CHECK(discovery.topics_known());
  }
}

TEST_CASE("discovery: a topic that may only be described is not begun, and one already read goes on and says so") {
  const std::string reason = "ACL: allow the user Read on the topic (topic 't': Topic authorization failed)";
  KafkaDiscovery discovery(stream({"t"}, StartAt::kEarliest), {});
  TopicsAnswered answered = found("t", 1);
  answered.topics[0].readable = false;
  discovery.topics_answered(answered, kStart);
  CHECK_FALSE(discovery.topics_known());
  CHECK((discovery.reasons() == Lines{reason}));
  CHECK(discovery.refused());
  discovery.topics_answered(found("t", 1), kStart);
  CHECK(discovery.topics_known());
  CHECK(discovery.reasons().empty());
  CHECK_FALSE(discovery.refused());
  discovery.topics_answered(answered, kStart);
  CHECK(discovery.topics_known());
  CHECK((discovery.reasons() == Lines{reason}));
}

TEST_CASE("discovery: state of a topic that is another one by now speaks against the start; while running only that topic stops") {
  const std::string since = " since the snapshot was written, which had read partition 0 up to offset 12";
  struct Row {
    const char* name;
    LastReads last_reads;
    TopicsAnswered answer;
    std::string want;
  };
  const LastReads same{{{"t", 0}, {"id-1", {}}}, {{"t", 1}, {"", {}}}};
  const Row rows[] = {
      {"the same", same, found("t", 2), ""},
      {"more partitions", same, found("t", 5), ""},
      {"a broker without ids", same, found("t", 2, ""), ""},
      {"a snapshot without ids", {{{"t", 0}, {}}, {{"t", 1}, {}}}, found("t", 2, "id-2"), ""},
      {"another id", same, found("t", 2, "id-2"), "topic 't' was deleted and created anew" + since},
      {"fewer partitions",
       {{{"t", 0}, {}}},
       found("t", 1),
       "topic 't' has fewer partitions than before: it was deleted and created anew" + since},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    KafkaDiscovery discovery(stream({"t"}), Positions{{{"t", 0}, 12}, {{"t", 1}, 3}}, row.last_reads);
    discovery.topics_answered(row.answer, kStart);
    CHECK(discovery.diverged() == row.want);
    CHECK(discovery.topics_known() == row.want.empty());
    CHECK(discovery.take_stopped().empty());
  }
  KafkaDiscovery later(stream({"t"}), Positions{{{"t", 0}, 12}}, same);
  later.topics_answered(missing("t"), kStart);
  later.topics_answered(missing("t"), kStart + seconds(3));
  later.topics_answered(found("t", 1, "id-2"), kStart + seconds(9));
  CHECK(later.diverged().empty());
  CHECK((later.take_stopped() == Lines{"t"}));
  CHECK(later.topic_ids().at("t") == "id-1");
}
