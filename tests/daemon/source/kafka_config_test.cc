#include "daemon/source/kafka_config.h"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "tests/temp_folder.h"

using namespace driftd;

TEST_CASE("librdkafka options: what may be passed through, and what to write instead") {
  struct Row {
    const char *name, *option, *value;
    std::string want;  // "" = may be passed
  };
  const Row rows[] = {
      {"a consumer's", "fetch.min.bytes", "1024", ""},
      {"a producer's", "batch.size", "1000000", ""},
      {"both sides'", "socket.timeout.ms", "30000", ""},
      {"debug of a context", "debug", "broker,topic", ""},
      {"misspelt", "fetch.min.byte", "1", "librdkafka 2.8.0 has no option fetch.min.byte; did you mean fetch.min.bytes?"},
      {"nothing like it", "retention.of.everything", "1", "librdkafka 2.8.0 has no option retention.of.everything"},
      {"out of range", "fetch.wait.max.ms", "999999999",
       "Configuration property \"fetch.wait.max.ms\" value 999999999 is outside allowed range 0..300000\n"},
      {"owned", "bootstrap.servers", "x", "bootstrap.servers belongs to driftd: set kafka.brokers"},
      {"owned under its other name", "metadata.broker.list", "x", "metadata.broker.list belongs to driftd: set kafka.brokers"},
      {"owned as a family", "sasl.password", "x", "sasl.password belongs to driftd: set kafka.security"},
      {"a secret in clear", "ssl.key.pem", "x",
       "ssl.key.pem belongs to driftd: a secret may not stand in the configuration; use files and kafka.security"},
      {"code", "plugin.library.paths", "x", "plugin.library.paths belongs to driftd: driftd loads no code"},
      {"what the guarantee stands on", "acks", "1", "acks belongs to driftd: driftd always waits for all replicas"},
      {"debug that prints secrets", "debug", "broker,security", "debug: security and all may print secrets; name the other contexts"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    auto answer = check_librdkafka_option(row.option, row.value).value_or("");
    if (const auto version = answer.find("librdkafka 2."); version == 0) answer.replace(0, answer.find(' ', 11), "librdkafka 2.8.0");
    CHECK(answer == row.want);
  }
}

TEST_CASE("kafka configuration: every default is one librdkafka takes, on both sides") {
  KafkaConfig kafka;
  kafka.brokers = {"a:1", "b:2"};
  kafka.librdkafka = {{"fetch.min.bytes", "10"}, {"batch.size", "100000"}};
  for (const auto role : {KafkaRole::kConsumer, KafkaRole::kProducer}) {
    const auto conf = make_kafka_conf(kafka, role, {});
    CHECK_MESSAGE(conf.has_value(), (conf ? "" : conf.error()));
  }
}

TEST_CASE("kafka configuration: secrets come from files and appear in no message") {
  const TempFolder folder;
  const std::string path = folder.path() + "/password";
  std::ofstream(path) << "s3cret\n";
  KafkaConfig kafka;
  kafka.brokers = {"a:1"};
  kafka.security.protocol = "SASL_SSL";
  kafka.security.mechanism = "SCRAM-SHA-512";
  kafka.security.username = "u";
  kafka.security.password_file = path;
  CHECK(make_kafka_conf(kafka, KafkaRole::kConsumer, {}).has_value());
  CHECK((kafka_secrets(kafka.security) == std::vector<std::string>{"s3cret"}));

  kafka.security.ca_file = folder.path() + "/none.pem";
  CHECK(make_kafka_conf(kafka, KafkaRole::kConsumer, {}).error() == "kafka.security: cannot read " + kafka.security.ca_file);
  kafka.security.ca_file.clear();
  kafka.security.mechanism = "NONE-SUCH";
  kafka.security.protocol = "NOWHERE";
  CHECK(make_kafka_conf(kafka, KafkaRole::kConsumer, {}).error() == "kafka: librdkafka refuses the value of security.protocol");
}

TEST_CASE("prefetch: bytes add up over the streams, records are a partition's") {
  StreamConfig a, b;
  a.queue = {.records = 10, .bytes = 1000};
  b.queue = {.records = 30, .bytes = 500};
  const auto prefetch = prefetch_of({a, b});
  CHECK(prefetch.records == 30);
  CHECK(prefetch.bytes == 1500);
}
