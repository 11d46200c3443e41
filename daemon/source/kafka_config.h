// Config.kafka -> a librdkafka configuration. Any thread; no connection is made here.
// A configuration is never printed: librdkafka's own dump shows passwords in clear.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "daemon/source/kafka_handles.h"

namespace driftd {

enum class KafkaRole : std::uint8_t { kConsumer, kProducer };

// How much a consumer prefetches, over all its partitions (bytes) and for each of them (records).
struct KafkaPrefetch {
  std::uint64_t records = 100'000;
  std::uint64_t bytes = 64ULL << 20;
};
KafkaPrefetch prefetch_of(const std::vector<StreamConfig>& streams);

// Password files are read here, each time. Error: one line naming the file or the option, never a secret.
std::expected<KafkaConf, std::string> make_kafka_conf(const KafkaConfig& kafka, KafkaRole role, const KafkaPrefetch& prefetch);

// What must never appear in a message: the contents of the password files that can be read.
std::vector<std::string> kafka_secrets(const KafkaSecurity& security);

// nullopt: `kafka.librdkafka.NAME: VALUE` may be passed through. Otherwise why not, and what to write instead.
std::optional<std::string> check_librdkafka_option(std::string_view name, std::string_view value);

}  // namespace driftd
