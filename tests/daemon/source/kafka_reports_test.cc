#include "daemon/source/kafka_reports.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace driftd;

namespace {

constexpr int kTransport = -195, kAllBrokersDown = -187;

struct Lines {
  std::vector<std::string> seen;
  KafkaLog log() {
    return [this](LogLevel, std::string_view event, const std::string& text) { seen.push_back(std::string(event) + " " + text); };
  }
};

}  // namespace

TEST_CASE("kafka reports: errors are counted by name, and a repeat is one line") {
  Lines lines;
  KafkaReports reports(lines.log(), {}, KafkaUse::kRead, Milliseconds{3'600'000});
  for (int i = 0; i < 100; ++i) reports.error(kTransport, "connect to a:1 failed");
  reports.error(kAllBrokersDown, "1/1 brokers are down");
  CHECK((reports.counts() == std::map<std::string, std::uint64_t>{{"_ALL_BROKERS_DOWN", 1}, {"_TRANSPORT", 100}}));
  CHECK((lines.seen ==
         std::vector<std::string>{"kafka_error TCP: check kafka.brokers, that a broker listens there, and that kafka.security.protocol is "
                                  "its listener's (_TRANSPORT: connect to a:1 failed)"}));
}

TEST_CASE("kafka reports: the reason stays until something works, and all-down does not hide why") {
  KafkaReports reports({}, {}, KafkaUse::kRead);
  CHECK(reports.last_error().empty());
  reports.error(kTransport, "connection refused");
  reports.error(kAllBrokersDown, "1/1 brokers are down");
  CHECK(reports.last_error() == "_TRANSPORT: connection refused");
  reports.healthy();
  CHECK(reports.last_error().empty());
}

TEST_CASE("kafka reports: what was held back is said with the next line") {
  Lines lines;
  KafkaReports reports(lines.log(), {}, KafkaUse::kRead, Milliseconds{0});
  reports.say(LogLevel::kInfo, "kafka_log", "FAIL: one");
  reports.say(LogLevel::kInfo, "kafka_log", "FAIL: two");
  CHECK((lines.seen == std::vector<std::string>{"kafka_log FAIL: one", "kafka_log FAIL: two"}));
}

TEST_CASE("kafka reports: secrets are masked wherever they stand") {
  Lines lines;
  KafkaReports reports(lines.log(), {"s3cret", "*"}, KafkaUse::kRead);
  reports.error(kTransport, "user u password s3cret, again s3cret");
  CHECK(lines.seen.at(0).find("s3cret") == std::string::npos);
  CHECK(reports.last_error().find("s3cret") == std::string::npos);
  CHECK(KafkaReports({}, {"s3cret"}, KafkaUse::kRead).masked("as3cretb") == "a***b");
}

TEST_CASE("kafka reports: what is wrong with a certificate is what the callback found, not librdkafka's one text for all") {
  constexpr int kSsl = -181;
  KafkaReports reports({}, {}, KafkaUse::kRead);
  const std::string same = "ssl://b:1: SSL handshake failed: certificate verify failed: broker certificate could not be verified";
  reports.error(kSsl, same);
  CHECK(reports.last_error() == "_SSL: " + same);
  reports.log(3, "SSLCERTVRFY",
              "Certificate (subject=/CN=b, issuer=/CN=c) verification callback failed: the broker's certificate has expired");
  reports.error(kSsl, same);
  CHECK(reports.last_error() == "_SSL: the broker's certificate has expired");
  CHECK(reports.last_failure() == "TLS: renew it (_SSL: the broker's certificate has expired)");
}
