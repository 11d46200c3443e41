#include "daemon/source/kafka_config.h"

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <utility>

#include "daemon/source/kafka_failure.h"

namespace driftd {
namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

struct Refused {
  std::string_view name;  // a trailing `*` stands for any rest
  std::string_view reason;
};

constexpr std::array kRefused{
    Refused{"bootstrap.servers", "set kafka.brokers"},
    Refused{"metadata.broker.list", "set kafka.brokers"},
    Refused{"group.id", "set kafka.group"},
    Refused{"client.id", "set kafka.client_id"},
    Refused{"isolation.level", "set kafka.isolation"},
    Refused{"security.protocol", "set kafka.security.protocol"},
    Refused{"sasl.*", "set kafka.security"},
    Refused{"auto.offset.reset", "driftd starts at its snapshot's offsets; set a stream's start"},
    Refused{"enable.auto.commit", "driftd keeps offsets in its snapshot"},
    Refused{"auto.commit.enable", "driftd keeps offsets in its snapshot"},
    Refused{"enable.auto.offset.store", "driftd keeps offsets in its snapshot"},
    Refused{"enable.partition.eof", "driftd needs it to know idle partitions"},
    Refused{"check.crcs", "driftd always checks"},
    Refused{"statistics.interval.ms", "driftd serves /metrics"},
    Refused{"enable.idempotence", "driftd's producer is always idempotent"},
    Refused{"acks", "driftd always waits for all replicas"},
    Refused{"request.required.acks", "driftd always waits for all replicas"},
    Refused{"transactional.id", "driftd uses no transactions"},
    Refused{"log.queue", "driftd reads librdkafka's log itself"},
    Refused{"ssl.key.password", "set kafka.security.key_password_file"},
    Refused{"ssl.keystore.password", "a secret may not stand in the configuration; use PEM files and kafka.security"},
    Refused{"ssl.*.pem", "a secret may not stand in the configuration; use files and kafka.security"},
    Refused{"ssl_*", "cannot be set by text"},
    Refused{"plugin.library.paths", "driftd loads no code"},
    Refused{"ssl.engine.location", "driftd loads no code"},
    Refused{"ssl.providers", "driftd loads no code"},
    Refused{"enable.sasl.oauthbearer.unsecure.jwt", "unsigned tokens are no authentication"},
};

bool matches(std::string_view pattern, std::string_view name) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  const auto head = pattern.substr(0, star), tail = pattern.substr(star + 1);
  return name.size() >= head.size() + tail.size() && name.starts_with(head) && name.ends_with(tail);
}

// The library's own list: name -> "C" consumer, "P" producer, "*" both. It is the linked version's, so it is never out of date.
std::map<std::string, std::string, std::less<>> read_option_list() {
  std::map<std::string, std::string, std::less<>> options;
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* file = open_memstream(&text, &size);
  if (!file) return options;
  rd_kafka_conf_properties_show(file);
  std::fclose(file);
  std::istringstream lines(std::string(text, size));
  std::free(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name, bar, role;
    if (words >> name >> bar >> role && bar == "|" && (role == "C" || role == "P" || role == "*")) options[name] = role;
  }
  return options;
}

const std::map<std::string, std::string, std::less<>>& option_list() {
  static const auto list = read_option_list();
  return list;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

std::string nearest_option(std::string_view name) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, name.size() / 4) + 1;
  for (const auto& [option, role] : option_list()) {
    const std::size_t distance = edit_distance(name, option);
    if (distance < best_distance) best = option, best_distance = distance;
  }
  return best;
}

std::optional<std::string> read_secret(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

bool readable(const std::string& path) { return std::ifstream(path).good(); }

Options oauth_options(const KafkaSecurity::Oauth& oauth) {
  Options options{{"sasl.oauthbearer.method", "oidc"},
                  {"sasl.oauthbearer.token.endpoint.url", oauth.token_url},
                  {"sasl.oauthbearer.client.id", oauth.client_id}};
  if (!oauth.scope.empty()) options.emplace_back("sasl.oauthbearer.scope", oauth.scope);
  return options;
}

std::expected<void, std::string> add_security(const KafkaSecurity& security, Options& options) {
  options.emplace_back("security.protocol", security.protocol);
  const std::pair<const char*, const std::string&> plain[] = {{"sasl.mechanism", security.mechanism}, {"sasl.username", security.username}};
  const std::pair<const char*, const std::string&> files[] = {
      {"ssl.ca.location", security.ca_file}, {"ssl.certificate.location", security.cert_file}, {"ssl.key.location", security.key_file}};
  const std::pair<const char*, const std::string&> secrets[] = {{"sasl.password", security.password_file},
                                                                {"ssl.key.password", security.key_password_file},
                                                                {"sasl.oauthbearer.client.secret", security.oauth.client_secret_file}};
  for (const auto& [name, value] : plain) {
    if (!value.empty()) options.emplace_back(name, value);
  }
  if (security.mechanism == "OAUTHBEARER") std::ranges::move(oauth_options(security.oauth), std::back_inserter(options));
  for (const auto& [name, path] : files) {
    if (path.empty()) continue;
    if (!readable(path)) return std::unexpected(fmt::format("kafka.security: cannot read {}", path));
    options.emplace_back(name, path);
  }
  for (const auto& [name, path] : secrets) {
    if (path.empty()) continue;
    auto secret = read_secret(path);
    if (!secret) return std::unexpected(fmt::format("kafka.security: cannot read {}", path));
    options.emplace_back(name, *std::move(secret));
  }
  // Without it a certificate of any host of the same authority would do.
  options.emplace_back("ssl.endpoint.identification.algorithm", "https");
  return {};
}

// OpenSSL has judged already; this only says what it found, for librdkafka's own message is one and the same for every fault.
int judge_certificate(rd_kafka_t*, const char*, std::int32_t, int* x509_error, int, const char*, std::size_t, char* text, std::size_t size,
                      void*) {
  if (*x509_error == 0) return 1;
  *fmt::format_to_n(text, size - 1, "{}", certificate_fault(*x509_error)).out = '\0';
  return 0;
}

void add_consumer(const KafkaConfig& kafka, const KafkaPrefetch& prefetch, Options& options) {
  const auto kbytes = std::clamp<std::uint64_t>(prefetch.bytes / 1024, 1, 2'097'151);
  options.insert(options.end(), {
                                    {"group.id", kafka.group},
                                    {"isolation.level", kafka.read_committed ? "read_committed" : "read_uncommitted"},
                                    {"check.crcs", "true"},
                                    {"enable.auto.commit", "false"},
                                    {"enable.auto.offset.store", "false"},
                                    {"auto.offset.reset", "error"},  // the only setting that says what was lost (reliability, pitfall 10)
                                    {"enable.partition.eof", "true"},
                                    {"fetch.queue.backoff.ms", "5"},
                                    {"fetch.wait.max.ms", "100"},
                                    {"fetch.max.bytes", std::to_string(std::clamp<std::uint64_t>(prefetch.bytes, 1 << 20, 16 << 20))},
                                    {"queued.max.messages.kbytes", std::to_string(kbytes)},
                                    {"queued.min.messages", std::to_string(std::clamp<std::uint64_t>(prefetch.records, 1, 10'000'000))},
                                    {"fetch.error.backoff.ms", "100"},
                                });
}

bool zstd_built_in() {
  const KafkaConf conf(rd_kafka_conf_new());
  return rd_kafka_conf_set(conf.get(), "builtin.features", "zstd", nullptr, 0) == RD_KAFKA_CONF_OK;
}

void add_producer(Options& options) {
  options.insert(options.end(),
                 {
                     {"enable.idempotence", "true"},
                     {"acks", "all"},
                     {"message.timeout.ms", "0"},  // the outbox owns a record until it is acknowledged: it never expires here
                     {"topic.metadata.propagation.max.ms", "5000"},
                     {"linger.ms", "5"},
                 });
  options.emplace_back("compression.codec", zstd_built_in() ? "zstd" : "lz4");
}

Options common_options(const KafkaConfig& kafka) {
  return {
      {"bootstrap.servers", fmt::format("{}", fmt::join(kafka.brokers, ","))},
      {"client.id", kafka.client_id},
      {"log.queue", "true"},  // log lines come to the thread that polls: no lock of our own
      {"log.connection.close", "false"},
      {"topic.metadata.refresh.interval.ms", "5000"},
      {"reconnect.backoff.ms", "100"},
      {"reconnect.backoff.max.ms", "2000"},
      {"socket.keepalive.enable", "true"},
      {"allow.auto.create.topics", "false"},
  };
}

bool for_role(std::string_view name, KafkaRole role) {
  const auto row = option_list().find(name);
  return row == option_list().end() || row->second == "*" || row->second == (role == KafkaRole::kConsumer ? "C" : "P");
}

}  // namespace

KafkaPrefetch prefetch_of(const std::vector<StreamConfig>& streams) {
  KafkaPrefetch sum{0, 0};
  for (const auto& stream : streams) {
    sum.records = std::max(sum.records, stream.queue.records);
    sum.bytes += stream.queue.bytes;
  }
  return sum;
}

std::expected<KafkaConf, std::string> make_kafka_conf(const KafkaConfig& kafka, KafkaRole role, const KafkaPrefetch& prefetch) {
  Options options = common_options(kafka);
  if (auto added = add_security(kafka.security, options); !added) return std::unexpected(added.error());
  role == KafkaRole::kConsumer ? add_consumer(kafka, prefetch, options) : add_producer(options);
  options.insert(options.end(), kafka.librdkafka.begin(), kafka.librdkafka.end());
  KafkaConf conf(rd_kafka_conf_new());
  rd_kafka_conf_set_ssl_cert_verify_cb(conf.get(), judge_certificate);
  for (const auto& [name, value] : options) {
    // An option of the other side alone would be a warning in the log for each client.
    if (!for_role(name, role)) continue;
    char text[256];
    if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), text, sizeof text) != RD_KAFKA_CONF_OK) {
      // librdkafka's text may quote the value, and the value may be a password.
      return std::unexpected(fmt::format("kafka: librdkafka refuses the value of {}", name));
    }
  }
  return conf;
}

std::vector<std::string> kafka_secrets(const KafkaSecurity& security) {
  std::vector<std::string> secrets;
  for (const auto& path : {security.password_file, security.key_password_file, security.oauth.client_secret_file}) {
    if (path.empty()) continue;
    if (auto secret = read_secret(path); secret && !secret->empty()) secrets.push_back(*std::move(secret));
  }
  return secrets;
}

std::optional<std::string> check_librdkafka_option(std::string_view name, std::string_view value) {
  for (const auto& refused : kRefused) {
    if (matches(refused.name, name)) return fmt::format("{} belongs to driftd: {}", name, refused.reason);
  }
  if (!option_list().contains(name)) {
    const std::string near = nearest_option(name);
    return fmt::format("librdkafka {} has no option {}{}", rd_kafka_version_str(), name,
                       near.empty() ? "" : fmt::format("; did you mean {}?", near));
  }
  if (name == "debug" && (value.find("security") != std::string_view::npos || value.find("all") != std::string_view::npos)) {
    return "debug: security and all may print secrets; name the other contexts";
  }
  const KafkaConf conf(rd_kafka_conf_new());
  char text[512];
  if (rd_kafka_conf_set(conf.get(), std::string(name).c_str(), std::string(value).c_str(), text, sizeof text) != RD_KAFKA_CONF_OK) {
    return std::string(text);
  }
  return std::nullopt;
}

}  // namespace driftd
