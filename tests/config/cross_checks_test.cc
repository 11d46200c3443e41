#include "config/cross_checks.h"

#include <doctest/doctest.h>

#include "config/load.h"

using namespace driftd;

namespace {

// What must pass: the rules between keys refuse no more than they should. What they refuse is in refused.txt.
bool loads(const std::string& text, const LoadOptions& options = {}) {
  const auto loaded = load(text, "f", options);
  if (!loaded) MESSAGE(render(loaded.error()));
  return loaded.has_value();
}

const std::string kMonitor = "monitors: [{name: m, topic: t, reference: r";

}  // namespace

TEST_CASE("combinations that are good") {
  const std::string kafka = "kafka: {brokers: [b]}\n";
  struct Row {
    const char* name;
    std::string text;
    bool for_replay = false;  // its files are not there
  };
  const Row rows[] = {
      {"SASL with all it needs",
       "kafka: {brokers: [b], security: {protocol: SASL_SSL, mechanism: PLAIN, username: u, password_file: /dev/null}}\n" + kMonitor +
           "}]\n"},
      {"OAUTHBEARER with all it needs, and no user",
       "kafka: {brokers: [b], security: {protocol: SASL_SSL, mechanism: OAUTHBEARER, "
       "oauth: {token_url: \"https://i/t\", client_id: c, client_secret_file: /dev/null}}}\n" +
           kMonitor + "}]\n"},
      {"TLS with a certificate",
       "kafka: {brokers: [b], security: {protocol: SSL, cert_file: /dev/null, key_file: /dev/null}}\n" + kMonitor + "}]\n"},
      {"just under one alarm a window", kafka + kMonitor + ", window: {every: 29d}}]\n"},
      {"any window with fixed thresholds",
       kafka + kMonitor + ", window: {every: 60d}, alerts: {false_alarms: off}, detectors: {psi: {threshold: 0.2}}}]\n"},
      {"dead letters elsewhere", kafka + kMonitor + ", on_error: {action: dead_letter, topic: dlq, payload: true}}]\n"},
      {"alerts topic as input while the sink is off", kafka + "monitors: [{name: m, topic: driftd.events.v1, reference: r}]\n"},
      {"error with labels", kafka + kMonitor + ", fields: {prediction: p, label: l}, detectors: {ddm: {}}}]\n"},
      {"adwin on a field needs no labels", kafka + kMonitor + ", detectors: {adwin: {fields: [score]}}}]\n"},
      {"schemas from a registry",
       kafka + "schema_registry: {url: \"https://r\", basic_auth_file: /dev/null, ca_file: /dev/null}\n" + kMonitor + ", format: avro}]\n"},
      {"records with a frame that need no schema", kafka + kMonitor + ", format: json_schema}]\n"},
      {"every sink of alerts",
       "alerts:\n  alertmanager: {urls: [\"http://a:9093\", \"https://b/am/\"], labels: {team: risk}}\n  webhooks:\n"
       "    - {name: a, url: \"https://a/x\", headers: {X-Team: risk}, send: [firing], kinds: [drift], max_age: 1h}\n"
       "    - {name: b, url_file: f, template: slack}\n"
       "    - name: c\n      url: http://c\n      template: custom\n      body: |\n        {\"a\": \"{{monitor}}\"}\n" +
           (kafka + kMonitor) + "}]\n",
       true},
      {"a listener with TLS and logins", kafka +
                                             "http: {listen: \"[::]:3738\", basic_auth_file: /dev/null, token_file: /dev/null, "
                                             "tls: {cert_file: /dev/null, key_file: /dev/null}}\n" +
                                             kMonitor + "}]\n"},
      {"a listener that somebody else guards", kafka + "http: {listen: \"0.0.0.0:3738\", allow_insecure: true}\n" + kMonitor + "}]\n"},
      {"segments with values", kafka + kMonitor + ", segments: {by: [c], values: {c: [DE]}}}]\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    LoadOptions options;
    options.for_kafka = !row.for_replay;
    CHECK(loads(row.text, options));
  }
}

TEST_CASE("replay asks for nothing of Kafka") {
  LoadOptions options;
  options.for_kafka = false;
  CHECK(loads("kafka: {security: {protocol: SASL_SSL}}\n" + kMonitor + ", format: csv}]\n", options));
}
