#include "daemon/source/kafka_failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace driftd {
namespace {

constexpr std::string_view kExpired = "the broker's certificate has expired";
constexpr std::string_view kNotYet = "the broker's certificate is not valid yet";
constexpr std::string_view kOtherHost = "the broker's certificate is for another host";
constexpr std::string_view kUnknownAuthority = "the broker's certificate is signed by nobody in ca_file";

struct Sign {
  std::string_view text;  // part of the error
  KafkaFailure failure;
};

// The first that fits: what is more exact comes first.
constexpr Sign kSigns[] = {
    {"_AUTO_OFFSET_RESET", {"topic", "the position is no longer in its log: what is gone is counted as lost", false}},
    {"does not exist", {"topic", "create it, or correct the topics in the configuration"}},
    {"OAUTHBEARER token", {"SASL", "no token was given out: check token_url, client_id and client_secret_file under kafka.security.oauth"}},
    {"Unsupported SASL mechanism", {"SASL", "the listener does not offer kafka.security.mechanism"}},
    {"SASL authentication error: {", {"SASL", "the broker does not take the token: check its issuer, audience and scope"}},
    {"_AUTHENTICATION", {"SASL", "check username, password_file and mechanism under kafka.security"}},
    {"might require SASL", {"SASL", "the listener wants a login: set kafka.security.protocol to SASL_SSL or SASL_PLAINTEXT"}},
    {kExpired, {"TLS", "renew it"}},
    {kNotYet, {"TLS", "check the clocks of this machine and of the one that signed it"}},
    {kOtherHost, {"TLS", "name the broker in kafka.brokers and in its advertised.listeners as its certificate does"}},
    {kUnknownAuthority, {"TLS", "set kafka.security.ca_file to the authority that signed it"}},
    {"alert", {"TLS", "the broker does not take our certificate: check cert_file and key_file, and that it trusts who signed them"}},
    {"PLAINTEXT broker listener", {"TLS", "the listener does not speak TLS: correct kafka.security.protocol or the port"}},
    {"SSL listener", {"TLS", "the listener speaks TLS: set kafka.security.protocol to SSL or SASL_SSL"}},
    {"_SSL", {"TLS", "check protocol and ca_file under kafka.security"}},
    {"_RESOLVE", {"DNS", "no address is known for the name: check kafka.brokers, the brokers' advertised.listeners, and DNS"}},
};
constexpr KafkaFailure kRead{"ACL", "allow the user Read on the topic"};
constexpr KafkaFailure kWrite{"ACL", "allow the user Write on the topic"};
constexpr KafkaFailure kGroup{"ACL", "allow the user Read on the group, or set kafka.group to one it may use"};
constexpr KafkaFailure kTopic{"topic", "the brokers cannot serve it just now", false};
constexpr std::string_view kAway[] = {"_TRANSPORT", "_ALL_BROKERS_DOWN", "_TIMED_OUT", "no answer"};
constexpr KafkaFailure kOther{"Kafka", "it is tried again", false};
constexpr KafkaFailure kUnreachable{
    "TCP", "check kafka.brokers, that a broker listens there, and that kafka.security.protocol is its listener's", false};

bool refused(std::string_view error, std::string_view name, std::string_view text) { return error.contains(name) || error.contains(text); }

}  // namespace

KafkaFailure explain_failure(std::string_view error, KafkaUse use) {
  if (refused(error, "GROUP_AUTHORIZATION_FAILED", "Group authorization failed")) return kGroup;
  const bool cluster = refused(error, "CLUSTER_AUTHORIZATION_FAILED", "Cluster authorization failed");  // of a producer without any Write
  if (cluster || refused(error, "TOPIC_AUTHORIZATION_FAILED", "Topic authorization failed")) return use == KafkaUse::kRead ? kRead : kWrite;
  const auto sign = std::ranges::find_if(kSigns, [&](const Sign& row) { return error.contains(row.text); });
  if (sign != std::end(kSigns)) return sign->failure;
  if (error.starts_with("topic ")) return kTopic;
  return std::ranges::any_of(kAway, [&](std::string_view name) { return error.contains(name); }) ? kUnreachable : kOther;
}

std::string describe_failure(std::string_view error, KafkaUse use) {
  const KafkaFailure failure = explain_failure(error, use);
  return fmt::format("{}: {} ({})", failure.step, failure.way_out, error);
}

std::string_view certificate_fault(int x509_error) {
  switch (x509_error) {
    case 9: return kNotYet;    // X509_V_ERR_CERT_NOT_YET_VALID
    case 10: return kExpired;  // X509_V_ERR_CERT_HAS_EXPIRED
    case 62:
    case 64: return kOtherHost;  // ..._HOSTNAME_MISMATCH, ..._IP_ADDRESS_MISMATCH
    case 2:
    case 18:
    case 19:
    case 20:
    case 21: return kUnknownAuthority;  // no issuer found, or one of no authority
    default: return "the broker's certificate cannot be verified";
  }
}

}  // namespace driftd
