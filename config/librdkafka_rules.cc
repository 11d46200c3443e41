#include "config/librdkafka_rules.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "config/problem.h"

namespace driftd {
namespace {

struct Owned {
  std::string_view name;
  std::string_view instead;
};

// Names that driftd sets itself. "" = there is no choice: exactness depends on it.
constexpr std::array kOwned{
    Owned{"bootstrap.servers", "kafka.brokers"},
    Owned{"metadata.broker.list", "kafka.brokers"},
    Owned{"group.id", "kafka.group"},
    Owned{"client.id", "kafka.client_id"},
    Owned{"security.protocol", "kafka.security.protocol"},
    Owned{"sasl.mechanism", "kafka.security.mechanism"},
    Owned{"sasl.mechanisms", "kafka.security.mechanism"},
    Owned{"sasl.username", "kafka.security.username"},
    Owned{"sasl.password", "kafka.security.password_file"},
    Owned{"sasl.oauthbearer.token.endpoint.url", "kafka.security.oauth.token_url"},
    Owned{"sasl.oauthbearer.client.id", "kafka.security.oauth.client_id"},
    Owned{"sasl.oauthbearer.client.secret", "kafka.security.oauth.client_secret_file"},
    Owned{"sasl.oauthbearer.scope", "kafka.security.oauth.scope"},
    Owned{"ssl.ca.location", "kafka.security.ca_file"},
    Owned{"ssl.certificate.location", "kafka.security.cert_file"},
    Owned{"ssl.key.location", "kafka.security.key_file"},
    Owned{"ssl.key.password", "kafka.security.key_password_file"},
    Owned{"auto.offset.reset", "start of the stream"},
    Owned{"isolation.level", "kafka.isolation"},
    Owned{"enable.auto.commit", ""},
    Owned{"enable.auto.offset.store", ""},
    Owned{"enable.partition.eof", ""},
    Owned{"statistics.interval.ms", ""},
    Owned{"check.crcs", ""},
};

std::optional<std::string> owned(const std::string& name) {
  const auto row = std::ranges::find(kOwned, name, &Owned::name);
  if (row != kOwned.end()) {
    return row->instead.empty() ? "belongs to driftd and cannot be changed" : "belongs to driftd; set " + std::string(row->instead);
  }
  if (name.starts_with("sasl.")) return "belongs to driftd; set kafka.security";
  return std::nullopt;
}

bool has_item(std::string_view list, std::string_view item) {
  for (std::size_t from = 0; from <= list.size();) {
    const std::size_t end = std::min(list.find(',', from), list.size());
    std::string_view entry = list.substr(from, end - from);
    while (entry.starts_with(' ')) entry.remove_prefix(1);
    while (entry.ends_with(' ')) entry.remove_suffix(1);
    if (entry == item) return true;
    from = end + 1;
  }
  return false;
}

}  // namespace

std::optional<std::string> refuse_librdkafka(const std::string& name, const std::string& value, bool from_outside) {
  if (auto reason = owned(name)) return reason;
  if (name == "plugin.library.paths" || name == "ssl.engine.location") return "is refused: it loads code into driftd";
  if (name == "enable.sasl.oauthbearer.unsecure.jwt") return "is refused: it accepts tokens that nobody signed";
  if (name.ends_with(".pem")) return "is refused: keys and certificates come from files (kafka.security.cert_file, key_file, ca_file)";
  if (name == "debug" && (has_item(value, "security") || has_item(value, "all")))
    return "may not be security or all: that would log secrets";
  if (looks_secret(name) && !from_outside) return "is a secret: write ${file:/path} or ${env:NAME} in place of the value";
  return std::nullopt;
}

}  // namespace driftd
