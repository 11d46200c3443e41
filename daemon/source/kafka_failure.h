// What an error of Kafka means: the step that failed and the way out, in words. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace driftd {

enum class KafkaUse : std::uint8_t { kRead, kWrite };

struct KafkaFailure {
  std::string_view step;     // DNS, TCP, TLS, SASL, ACL, topic; Kafka: none of these
  std::string_view way_out;  // one sentence, without a full stop
  bool lasting = true;       // somebody has to change something; false: brokers may just be away
};

// `error` as KafkaReports::last_error() has it: "NAME: text", or "topic 'NAME': text" for what a broker says about a topic.
KafkaFailure explain_failure(std::string_view error, KafkaUse use);
std::string describe_failure(std::string_view error, KafkaUse use);  // "STEP: WAY OUT (error)"

// What is wrong with a broker's certificate, by OpenSSL's number.
std::string_view certificate_fault(int x509_error);

}  // namespace driftd
