#include "daemon/cli/check_words.h"

#include <doctest/doctest.h>

namespace driftd {

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

TEST_CASE("a reason stands without the part that speaks") {
  CHECK(without_part("kafka: DNS: no address (x)") == "DNS: no address (x)");
  CHECK(without_part("DNS: no address (x)") == "DNS: no address (x)");
}

TEST_CASE("a listener in words: where, and who is let in") {
  HttpConfig http;
  CHECK(describe_listener(http) == "listener http://127.0.0.1:3738: this machine may read, nobody may change anything\n");
  http.token_file = "t";
  http.basic_auth_file = "l";
  CHECK(describe_listener(http) == "listener http://127.0.0.1:3738: who has a login may read, who has the token may change things\n");
  http.tls = {"c", "k", ""};
  http.listen = "[::]:3738";
  CHECK(describe_listener(http) == "listener https://[::]:3738: who has a login may read, who has the token may change things\n");
  http.tls.client_ca_file = "a";
  CHECK(describe_listener(http) ==
        "listener https://[::]:3738: clients with a certificate and a login may read, who has the token may change things\n");
  http.basic_auth_file = http.token_file = "";
  CHECK(describe_listener(http) == "listener https://[::]:3738: clients with a certificate may read, nobody may change anything\n");
  http.tls = {};
  CHECK(describe_listener(http) == "listener http://[::]:3738: everybody may read, nobody may change anything\n");
}

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
