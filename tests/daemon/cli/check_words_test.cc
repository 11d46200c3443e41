#include "daemon/cli/check_words.h"

#include <doctest/doctest.h>

namespace driftd {

TEST_CASE("each failing step is named, with the reason behind it") {
  struct Row {
    const char *name, *reason, *step;
  };
  const Row rows[] = {
      {"refused", "kafka: no answer from the brokers for 10 s: _TRANSPORT: 127.0.0.1:1/bootstrap: Connect failed: Connection refused",
       "broker unreachable: "},
      {"silent", "kafka: no answer from the brokers for 10 s", "broker unreachable: "},
      {"unknown name", "kafka: no answer from the brokers for 10 s: _RESOLVE: Failed to resolve 'nowhere:9092'", "broker's name: "},
      {"certificate", "kafka: no answer from the brokers for 10 s: _SSL: SSL handshake failed: certificate verify failed", "TLS: "},
      {"login", "kafka: no answer from the brokers for 10 s: _AUTHENTICATION: SASL authentication error", "SASL login: "},
      {"login over TLS", "kafka: no answer: _AUTHENTICATION: sasl_ssl://b:9093: SASL PLAIN mechanism failed", "SASL login: "},
      {"missing", "kafka: topic 'rows': does not exist", "topic missing: "},
      {"forbidden", "kafka: topic 'rows': Broker: Topic authorization failed", "not authorised: "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const std::string text = explain_failure(row.reason);
    CHECK(text.starts_with(row.step));
    CHECK(text.ends_with(std::string("(") + row.reason + ")"));
  }
}

namespace {

TopicSample sample() {
  TopicSample topic;
  topic.topic = "rows";
  topic.partitions = 4;
  topic.records = 200;
  topic.rows = 197;
  topic.rejected[static_cast<std::size_t>(Reject::kMalformed)] = 2;
  topic.rejected[static_cast<std::size_t>(Reject::kBadTime)] = 1;
  topic.columns = {{"x", SlotType::kNumeric, {190, 3, 2, 1, 1, 0, 0}}, {"country", SlotType::kCategorical, {0, 197, 0, 0, 0, 0, 0}}};
  return topic;
}

}  // namespace

TEST_CASE("a sample in words") {
  CHECK(describe_sample(sample(), {}) ==
        "topic rows: 4 partitions; 200 of the newest records read, 2 bad_json, 1 bad_time\n"
        "  event time (the record's timestamp): 197 read, 1 not\n"
        "  x (number): 190 valid, 6 missing, 0 wrong type, 1 infinite\n"
        "  country (category): 0 valid, 197 missing, 0 wrong type\n");
  TopicSample empty;
  empty.topic = "new";
  empty.partitions = 1;
  CHECK(describe_sample(empty, {}) == "topic new: 1 partition; 0 of the newest records read\n");
  CHECK(sample_warnings(empty).empty());
}

TEST_CASE("what looks wrong is a warning") {
  CHECK((sample_warnings(sample()) ==
         std::vector<std::string>{
             "topic 'rows': column 'country' is missing in each of 197 records: check its name in the reference against the records"}));
  TopicSample wrong = sample();
  wrong.columns = {{"x", SlotType::kNumeric, {0, 0, 0, 0, 0, 0, 197}}};
  CHECK((sample_warnings(wrong) ==
         std::vector<std::string>{
             "topic 'rows': column 'x' is no number in each of 197 records: check its name in the reference against the records"}));
  wrong.rows = 0;
  wrong.rejected = {};
  wrong.rejected[static_cast<std::size_t>(Reject::kMissingTime)] = 200;
  CHECK((sample_warnings(wrong) ==
         std::vector<std::string>{"topic 'rows': none of 200 records can be used: check fields.event_time and its unit"}));
}

}  // namespace driftd
