#include "daemon/cli/check_cluster.h"

#include "tests/daemon/engine_fixture.h"
#include "tests/mock/bed.h"

using namespace driftd;
using namespace driftd::mock;

namespace {

std::string row(int i) {
  if (i % 10 == 0) return "{not json";
  const std::string amount = i % 10 == 1 ? "\"much\"" : "12.5";
  return "{\"at\": 1000, \"amount\": " + amount + ", \"land\": \"DE\"}";
}

Config config_of(const KafkaConfig& kafka) {
  Config config = engine_fixture::make_config();
  config.kafka = kafka;
  return config;
}

}  // namespace

TEST_CASE("check: the newest records of a topic, and how its columns fit them") {
  const auto broker = cluster("t", 2);
  for (const char* topic : {"dead", "events"}) REQUIRE(broker->create_topic(topic, 1).has_value());
  fill(*broker, "t", 2, {0, 1000}, row);
  const auto plan = engine_fixture::make_plan();
  const ClusterCheck found = check_cluster(config_of(kafka_of(*broker)), *plan, kDeadline);
  REQUIRE(found.failure == "");
  CHECK(found.closed);
  REQUIRE(found.topics.size() == 1);
  const TopicSample& topic = found.topics[0];
  CHECK(topic.partitions == 2);
  CHECK(topic.records == kSampledRecords);
  CHECK(topic.rows == 180);
  CHECK(topic.rejected[static_cast<std::size_t>(Reject::kMalformed)] == 20);
  REQUIRE(topic.columns.size() == 2);
  CHECK(topic.columns[0].name == "amount");
  CHECK(topic.columns[0].classes[static_cast<std::size_t>(ValueClass::kValid)] == 160);
  CHECK(topic.columns[0].classes[static_cast<std::size_t>(ValueClass::kWrongType)] == 20);
  CHECK(topic.columns[1].name == "country");
  CHECK(topic.columns[1].classes[static_cast<std::size_t>(ValueClass::kAbsent)] == 180);
}

TEST_CASE("check: a topic without records, a missing one, and nobody there") {
  const auto broker = cluster("t", 1);
  const auto plan = engine_fixture::make_plan();
  Config config = config_of(kafka_of(*broker));
  const ClusterCheck unwritable = check_cluster(config, *plan, kDeadline);
  CHECK(unwritable.failure == "topic: create it, or correct the topics in the configuration (topic 'dead': does not exist)");
  for (const char* topic : {"dead", "events"}) REQUIRE(broker->create_topic(topic, 1).has_value());
  const ClusterCheck empty = check_cluster(config, *plan, kDeadline);
  REQUIRE(empty.failure == "");
  CHECK(empty.topics[0].records == 0);

  const auto other = cluster("another", 1);
  config.kafka = kafka_of(*other);
  CHECK(check_cluster(config, *plan, kDeadline).failure.starts_with("topic: create it"));

  config.kafka.brokers = {"127.0.0.1:1"};
  const ClusterCheck nobody = check_cluster(config, *plan, milliseconds(300));
  CHECK(nobody.failure.starts_with("TCP: "));
  CHECK(nobody.topics.empty());
}
