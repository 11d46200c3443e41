#include "daemon/cli/check_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "config/listener.h"
#include "daemon/status.h"

namespace driftd {
namespace {

std::string_view column_type(SlotType type) { return type == SlotType::kNumeric ? "number" : "category"; }

std::uint64_t count(const ClassCounts& classes, ValueClass value_class) { return classes[static_cast<std::size_t>(value_class)]; }

std::string describe_column(const ColumnSample& column) {
  const ClassCounts& classes = column.classes;
  const std::uint64_t infinite = count(classes, ValueClass::kPositiveInfinity) + count(classes, ValueClass::kNegativeInfinity);
  return fmt::format("  {} ({}): {} valid, {} missing, {} wrong type{}\n", column.name, column_type(column.type),
                     count(classes, ValueClass::kValid), missing_rows(classes), count(classes, ValueClass::kWrongType),
                     infinite == 0 ? "" : fmt::format(", {} infinite", infinite));
}

std::uint64_t without_time(const TopicSample& sample) {
  std::uint64_t sum = 0;
  for (const Reject reject : {Reject::kMissingTime, Reject::kBadTime, Reject::kFutureTime})
    sum += sample.rejected[static_cast<std::size_t>(reject)];
  return sum;
}

}  // namespace

std::string without_part(std::string reason) {
  constexpr std::string_view kPart = "kafka: ";
  if (reason.starts_with(kPart)) reason.erase(0, kPart.size());
  return reason;
}

std::string describe_listener(const HttpConfig& http) {
  const bool tls = !http.tls.cert_file.empty(), certificates = !http.tls.client_ca_file.empty(), logins = !http.basic_auth_file.empty();
  std::string who = certificates ? "clients with a certificate" : "everybody";
  if (logins) who = certificates ? "clients with a certificate and a login" : "who has a login";
  return fmt::format("listener {}://{}: {} may read, {}\n", tls ? "https" : "http", http.listen,
                     !certificates && !logins && is_loopback(http.listen) ? "this machine" : who,
                     http.token_file.empty() ? "nobody may change anything" : "who has the token may change things");
}

std::string describe_sample(const TopicSample& sample, const StreamConfig::Fields& fields) {
  std::string text = fmt::format("topic {}: {} partition{}; {} of the newest records read", sample.topic, sample.partitions,
                                 sample.partitions == 1 ? "" : "s", sample.records);
  for (std::size_t i = 0; i < kRejects; ++i) {
    if (sample.rejected[i] > 0) text += fmt::format(", {} {}", sample.rejected[i], reject_name(static_cast<Reject>(i)));
  }
  text += '\n';
  if (sample.records == 0) return text;
  text += fmt::format("  event time ({}): {} read, {} not\n", fields.event_time.empty() ? "the record's timestamp" : fields.event_time,
                      sample.rows, without_time(sample));
  for (const ColumnSample& column : sample.columns) text += describe_column(column);
  return text;
}

std::vector<std::string> sample_warnings(const TopicSample& sample) {
  std::vector<std::string> warnings;
  const auto warn = [&](const std::string& text) { warnings.push_back(fmt::format("topic '{}': {}", sample.topic, text)); };
  if (sample.records > 0 && sample.rows == 0) {
    warn(fmt::format("none of {} records can be used{}", sample.records,
                     without_time(sample) > 0 ? ": check fields.event_time and its unit" : ""));
  }
  for (const ColumnSample& column : sample.columns) {
    if (sample.rows == 0 || count(column.classes, ValueClass::kValid) > 0) continue;
    const bool wrong = count(column.classes, ValueClass::kWrongType) > 0;
    warn(fmt::format("column '{}' is {} in each of {} records: check its name in the reference against the records", column.name,
                     wrong ? fmt::format("no {}", column_type(column.type)) : "missing", sample.rows));
  }
  return warnings;
}

}  // namespace driftd
