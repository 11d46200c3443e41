#include "daemon/source/kafka_failure.h"

#include <doctest/doctest.h>

#include <string>

using namespace driftd;

TEST_CASE("kafka failures: each names its step and the way out") {
  struct Row {
    const char *name, *error, *step, *part;
    KafkaUse use = KafkaUse::kRead;
    bool lasting = true;
  };
  const Row rows[] = {
      {"refused", "_TRANSPORT: 127.0.0.1:1/bootstrap: Connect failed: Connection refused", "TCP: ", "kafka.brokers", KafkaUse::kRead,
       false},
      {"silent", "no answer from the brokers in time", "TCP: ", "kafka.brokers", KafkaUse::kRead, false},
      {"unknown name", "_RESOLVE: Failed to resolve 'nowhere:9092'", "DNS: ", "DNS"},
      {"another fault of TLS", "_SSL: ssl://b:1: SSL handshake failed: no shared cipher", "TLS: ", "ca_file"},
      {"unknown authority", "_SSL: the broker's certificate is signed by nobody in ca_file", "TLS: ", "set kafka.security.ca_file"},
      {"another host", "_SSL: the broker's certificate is for another host", "TLS: ", "advertised.listeners"},
      {"expired", "_SSL: the broker's certificate has expired", "TLS: ", "renew it"},
      {"not yet valid", "_SSL: the broker's certificate is not valid yet", "TLS: ", "clocks"},
      {"no client certificate", "_TRANSPORT: ssl://b:1: Receive failed: SSL routines::sslv3 alert bad certificate", "TLS: ", "cert_file"},
      {"TLS to a plain listener", "_TRANSPORT: Disconnected: connecting to a PLAINTEXT broker listener?", "TLS: ", "does not speak TLS"},
      {"plain to a TLS listener", "_TRANSPORT: Disconnected while requesting ApiVersion: ... connecting to a SSL listener?",
       "TLS: ", "speaks TLS"},
      {"login", "_AUTHENTICATION: SASL authentication error: Invalid username or password", "SASL: ", "password_file"},
      {"login over TLS", "_AUTHENTICATION: sasl_ssl://b:9093: SASL PLAIN mechanism failed", "SASL: ", "password_file"},
      {"mechanism", "_AUTHENTICATION: Unsupported SASL mechanism: broker's supported mechanisms: PLAIN", "SASL: ", "does not offer"},
      {"no token", "_AUTHENTICATION: Failed to acquire SASL OAUTHBEARER token: HTTP 401", "SASL: ", "token_url"},
      {"token refused", "_AUTHENTICATION: b:1: SASL authentication error: {\"status\":\"invalid_token\"}", "SASL: ", "audience"},
      {"missing", "topic 'rows': does not exist", "topic: ", "create it"},
      {"no Read", "topic 'rows': Broker: Topic authorization failed", "ACL: ", "Read on the topic"},
      {"no Write", "topic 'events': Broker: Topic authorization failed", "ACL: ", "Write on the topic", KafkaUse::kWrite},
      {"no Write anywhere", "CLUSTER_AUTHORIZATION_FAILED: Failed to acquire idempotence PID", "ACL: ", "Write on the topic",
       KafkaUse::kWrite},
      {"group", "GROUP_AUTHORIZATION_FAILED: FindCoordinator response error", "ACL: ", "Read on the group"},
      {"out of range", "_AUTO_OFFSET_RESET: fetch failed: Broker: Offset out of range", "topic: ", "lost", KafkaUse::kRead, false},
      {"a batch", "_BAD_MSG: CRC mismatch", "Kafka: ", "again", KafkaUse::kRead, false},
      {"another fault of a topic", "topic 'rows': Broker: Leader not available", "topic: ", "just now", KafkaUse::kRead, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const std::string text = describe_failure(row.error, row.use);
    CHECK(text.starts_with(row.step));
    CHECK(text.find(row.part) != std::string::npos);
    CHECK(text.ends_with(std::string(" (") + row.error + ")"));
    CHECK(explain_failure(row.error, row.use).lasting == row.lasting);
  }
}

TEST_CASE("kafka failures: what is wrong with a certificate leads to its own way out") {
  for (const int number : {2, 9, 10, 18, 19, 20, 21, 62, 64}) {
    CAPTURE(number);
    const std::string error = "_SSL: " + std::string(certificate_fault(number));
    CHECK(explain_failure(error, KafkaUse::kRead).way_out != explain_failure("_SSL: other", KafkaUse::kRead).way_out);
  }
  CHECK(certificate_fault(7) == "the broker's certificate cannot be verified");
}
