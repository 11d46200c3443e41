#include "config/field_value.h"

#include <doctest/doctest.h>

#include <string>

using namespace driftd;

namespace {

const ConfigKey& field_at(const std::string& path) {
  const ConfigKey* field = &key_table();
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t end = std::min(path.find('.', from), path.size());
    field = find_key(*field, path.substr(from, end - from));
    REQUIRE(field != nullptr);
    from = end + 1;
  }
  return *field;
}

// The value as printed after it was read; problems in its place when there are any.
std::string read_and_print(const std::string& path, const std::string& value, const Environment& environment = {}) {
  Report report;
  const YamlNode root = read_yaml("f", "x: " + value + "\n", report);
  Document document;
  const SubstituteContext substitute{environment, "/base"};
  const std::function<std::optional<std::string>(const std::string&, const std::string&)> no_check;
  const ConfigKey& field = field_at(path);
  read_leaf(field, field.slot(&document), *root.find("x"), path, {report, substitute, no_check});
  return report.clean() ? print_leaf(field, field.slot(&document)) : "problem";
}

}  // namespace

TEST_CASE("each kind of leaf reads, prints, and reads what it printed") {
  struct Row {
    const char *path, *value, *printed;
  };
  const Row rows[] = {
      {"log.level", "warn", "warn"},
      {"log.repeat_limit", "60s", "1m"},
      {"http.listen", "\"[::1]:0\"", "\"[::1]:0\""},
      {"state.dir", "state/../x", "/base/x"},
      {"state.dir", "/abs", "/abs"},
      {"state.dir", "\"\"", "\"\""},
      {"engine.shards", "auto", "auto"},
      {"engine.shards", "4", "4"},
      {"engine.max_payload", "2048KiB", "2MiB"},
      {"kafka.brokers", "[a, \"b:1\"]", "[a, \"b:1\"]"},
      {"kafka.isolation", "read_uncommitted", "read_uncommitted"},
      {"kafka.client_id", "5", "\"5\""},
      {"kafka.client_id", "\"a$$b\"", "\"a$$b\""},
      {"kafka.librdkafka", "{fetch.wait.max.ms: 100}", "{fetch.wait.max.ms: \"100\"}"},
      {"alerts.kafka.enabled", "true", "true"},
      {"alerts.false_alarms", "off", "off"},
      {"alerts.false_alarms", "2 per 1w", "2 per 7d"},
      {"alerts.min_effect", "auto", "auto"},
      {"alerts.min_effect", "0.25", "0.25"},
      {"defaults.start", "2025-01-31T07:00:00+01:00", "\"2025-01-31T06:00:00Z\""},
      {"defaults.start", "earliest", "earliest"},
      {"defaults.quality", "off", "off"},
      {"defaults.window.min_samples", "100", "100"},
      {"defaults.segments.values", "{country: [DE, FR]}", "{country: [DE, FR]}"},
      {"defaults.detectors", "auto", "auto"},
      {"defaults.detectors", "{psi: {threshold: 0.2}, page_hinkley: {fields: [score], mode: up, delta: 0.01}}",
       "{psi: {threshold: 0.2}, page_hinkley: {fields: [score], delta: 0.01, mode: up}}"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.path);
    CAPTURE(row.value);
    CHECK(read_and_print(row.path, row.value) == row.printed);
    CHECK(read_and_print(row.path, row.printed) == row.printed);
  }
}

TEST_CASE("a librdkafka secret is read and never printed") {
  CHECK(read_and_print("kafka.librdkafka", "{ssl.keystore.password: \"${env:PW}\"}", {{"PW", "hunter2"}}) ==
        "{ssl.keystore.password: \"<secret>\"}");
  CHECK(read_and_print("kafka.librdkafka", "{ssl.keystore.password: hunter2}") == "problem");
}
