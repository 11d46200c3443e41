#include "config/fields.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "config/formats.h"

namespace driftd {
namespace {

constexpr double kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute, kDay = 24 * kHour;
constexpr double kKiB = 1024, kMiB = 1024 * kKiB, kGiB = 1024 * kMiB;

// From the owner of an entry to a part of it.
template <class T>
using Get = std::function<T&(void*)>;

using Keys = std::vector<ConfigKey>;

// The slot of the member that `member` names in what `get` finds. Enums are reached as the byte they are.
template <class T, class Member>
std::function<KeySlot(void*)> slot(const Get<T>& get, Member member) {
  return [get, member](void* owner) -> KeySlot {
    auto& value = member(get(owner));
    using Value = std::remove_reference_t<decltype(value)>;
    if constexpr (std::is_enum_v<Value>) {
      static_assert(sizeof(Value) == 1);
      return reinterpret_cast<std::uint8_t*>(&value);
    } else {
      return &value;
    }
  };
}

#define DRIFTD_AT(get, member) slot(get, [](auto& owner) -> auto& { return owner.member; })

struct Range {
  double min;
  double max;
};

ConfigKey leaf(FieldType type, std::string name, std::string help, std::function<KeySlot(void*)> where) {
  ConfigKey field;
  field.name = std::move(name);
  field.help = std::move(help);
  field.type = type;
  field.slot = std::move(where);
  return field;
}

ConfigKey ranged(FieldType type, std::string name, Range range, std::string help, std::function<KeySlot(void*)> where) {
  ConfigKey field = leaf(type, std::move(name), std::move(help), std::move(where));
  field.min = range.min;
  field.max = range.max;
  return field;
}

ConfigKey choice(std::string name, std::vector<std::string> choices, std::string help, std::function<KeySlot(void*)> where) {
  ConfigKey field = leaf(FieldType::kChoice, std::move(name), std::move(help), std::move(where));
  field.choices = std::move(choices);
  return field;
}

// A text that must be one of the choices; the first may be "" for none.
ConfigKey text_choice(std::string name, std::vector<std::string> choices, std::string help, std::function<KeySlot(void*)> where) {
  ConfigKey field = choice(std::move(name), std::move(choices), std::move(help), std::move(where));
  field.type = FieldType::kText;
  return field;
}

ConfigKey form(ConfigKey field, std::optional<std::string> (*expected)(const std::string&)) {
  field.expected = expected;
  return field;
}

ConfigKey required(ConfigKey field, std::string example) {
  field.required = true;
  field.example = std::move(example);
  return field;
}

ConfigKey automatic(ConfigKey field) {
  field.may_be_auto = true;
  return field;
}

ConfigKey or_empty(ConfigKey field) {
  field.may_be_empty = true;
  return field;
}

ConfigKey group(std::string name, std::string help, Keys keys) {
  ConfigKey field = leaf(FieldType::kGroup, std::move(name), std::move(help), nullptr);
  field.keys = std::move(keys);
  return field;
}

template <class T>
Get<T> itself() {
  return [](void* owner) -> T& { return *static_cast<T*>(owner); };
}

using enum FieldType;

Keys log_keys(const Get<Config>& at) {
  return {
      choice("level", {"trace", "debug", "info", "warn", "error"}, "trace, debug, info, warn or error.", DRIFTD_AT(at, log.level)),
      choice("format", {"logfmt", "json"}, "logfmt or json, one line an event.", DRIFTD_AT(at, log.format)),
      ranged(kDuration, "repeat_limit", {0, kDay}, "The same event is held back for this long, then said once with its count.",
             DRIFTD_AT(at, log.repeat_limit)),
  };
}

Keys listener_tls_keys(const Get<Config>& at) {
  return {
      leaf(kPath, "cert_file", "Certificate of the listener and what leads to its authority (PEM). Empty: plain HTTP.",
           DRIFTD_AT(at, http.tls.cert_file)),
      leaf(kPath, "key_file", "Private key of cert_file (PEM), not encrypted.", DRIFTD_AT(at, http.tls.key_file)),
      leaf(kPath, "client_ca_file", "Authorities of clients (PEM): only who has a certificate of theirs may connect. Empty: everybody.",
           DRIFTD_AT(at, http.tls.client_ca_file)),
  };
}

Keys http_keys(const Get<Config>& at) {
  return {
      form(leaf(kText, "listen", "Address and port of metrics, API and page. Port 0 takes any that is free.", DRIFTD_AT(at, http.listen)),
           expect_listen),
      form(leaf(kText, "external_url", "How others reach this listener: start of the links in alerts. Empty leaves the links out.",
                DRIFTD_AT(at, http.external_url)),
           expect_http_url),
      leaf(kPath, "token_file", "File with the bearer token, 32 bytes or more, that every request but GET and HEAD needs.",
           DRIFTD_AT(at, http.token_file)),
      leaf(kPath, "basic_auth_file",
           "File of user:hash lines, hashes of crypt(3) as htpasswd -B writes them: who may read. Health needs no login. Empty: everybody.",
           DRIFTD_AT(at, http.basic_auth_file)),
      group("tls", "HTTPS, TLS 1.2 or newer.", listener_tls_keys(at)),
      leaf(kBoolean, "allow_insecure", "Let other machines reach the listener without TLS and login.", DRIFTD_AT(at, http.allow_insecure)),
      leaf(kBoolean, "enable_lifecycle", "Answer POST /-/reload and POST /-/quit.", DRIFTD_AT(at, http.enable_lifecycle)),
  };
}

Keys state_keys(const Get<Config>& at) {
  return {
      leaf(kPath, "dir",
           "Folder of snapshots. Empty: $STATE_DIRECTORY, else /var/lib/driftd when writable, else the user's state folder (XDG).",
           DRIFTD_AT(at, state.dir)),
      ranged(kDuration, "snapshot_interval", {100, kHour}, "Time between two snapshots, at most.", DRIFTD_AT(at, state.snapshot_interval)),
      ranged(kInteger, "snapshot_records", {1, 1e12}, "Records between two snapshots, at most.", DRIFTD_AT(at, state.snapshot_records)),
      ranged(kInteger, "generations", {1, 100}, "Snapshots kept; an older one serves when the newest is damaged.",
             DRIFTD_AT(at, state.generations)),
  };
}

Keys history_keys(const Get<Config>& at) {
  return {
      leaf(kBoolean, "enabled", "Keep closed windows and alerts in history.db, in the folder of `state`. It may be deleted at any time.",
           DRIFTD_AT(at, history.enabled)),
      ranged(kDuration, "retention", {kMinute, 3650 * kDay}, "Older windows go, by event time, counted from the monitor's newest.",
             DRIFTD_AT(at, history.retention)),
      ranged(kSize, "max_size", {kMiB, 1024 * kGiB}, "The file, at most; beyond it the windows that were written first go.",
             DRIFTD_AT(at, history.max_size_bytes)),
  };
}

Keys engine_keys(const Get<Config>& at) {
  return {
      automatic(ranged(kInteger, "shards", {1, 256}, "Threads that decode. auto: one a core, at most one a partition.",
                       DRIFTD_AT(at, engine.shards))),
      ranged(kSize, "max_payload", {kKiB, 64 * kMiB}, "A larger record is counted as oversized and not decoded.",
             DRIFTD_AT(at, engine.max_payload_bytes)),
      ranged(kInteger, "max_pending_labels", {1000, 1e9},
             "Predictions, and labels, that one monitor keeps until they are joined. More are left out and counted.",
             DRIFTD_AT(at, engine.max_pending_labels)),
  };
}

Keys oauth_keys(const Get<Config>& at) {
  return {
      form(leaf(kText, "token_url", "Where tokens are asked for, with the client's credentials (OpenID Connect).",
                DRIFTD_AT(at, kafka.security.oauth.token_url)),
           expect_http_url),
      leaf(kText, "client_id", "Name of driftd at the token endpoint.", DRIFTD_AT(at, kafka.security.oauth.client_id)),
      leaf(kPath, "client_secret_file", "File with the secret that goes with client_id.",
           DRIFTD_AT(at, kafka.security.oauth.client_secret_file)),
      leaf(kText, "scope", "Scope to ask for. Empty: none.", DRIFTD_AT(at, kafka.security.oauth.scope)),
  };
}

Keys security_keys(const Get<Config>& at) {
  return {
      text_choice("protocol", {"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"}, "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.",
                  DRIFTD_AT(at, kafka.security.protocol)),
      text_choice("mechanism", {"", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"},
                  "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER; with SASL only.", DRIFTD_AT(at, kafka.security.mechanism)),
      leaf(kText, "username", "SASL user name.", DRIFTD_AT(at, kafka.security.username)),
      leaf(kPath, "password_file", "File with the SASL password.", DRIFTD_AT(at, kafka.security.password_file)),
      leaf(kPath, "ca_file", "File with the certificates that are trusted (PEM). Empty: the system's.",
           DRIFTD_AT(at, kafka.security.ca_file)),
      leaf(kPath, "cert_file", "Client certificate (PEM).", DRIFTD_AT(at, kafka.security.cert_file)),
      leaf(kPath, "key_file", "Private key of the client certificate (PEM).", DRIFTD_AT(at, kafka.security.key_file)),
      leaf(kPath, "key_password_file", "File with the password of key_file.", DRIFTD_AT(at, kafka.security.key_password_file)),
      group("oauth", "The login of mechanism OAUTHBEARER.", oauth_keys(at)),
  };
}

Keys kafka_keys(const Get<Config>& at) {
  return {
      required(
          form(leaf(kTextList, "brokers", "Where to ask for the cluster: host:port each.", DRIFTD_AT(at, kafka.brokers)), expect_broker),
          R"(["localhost:9092"])"),
      form(leaf(kText, "group", "Consumer group that offsets are committed to, for lag dashboards only.", DRIFTD_AT(at, kafka.group)),
           expect_text),
      form(leaf(kText, "client_id", "Name that the brokers log for this client.", DRIFTD_AT(at, kafka.client_id)), expect_text),
      choice("isolation", {"read_uncommitted", "read_committed"},
             "read_committed leaves out records of aborted transactions; or read_uncommitted.", DRIFTD_AT(at, kafka.read_committed)),
      group("security", "Encryption and login.", security_keys(at)),
      leaf(kTextMap, "librdkafka", "Options of librdkafka by their own names, for what has no key here.", DRIFTD_AT(at, kafka.librdkafka)),
  };
}

Keys schema_registry_keys(const Get<Config>& at) {
  return {
      form(leaf(kText, "url", "Address of the registry, http or https, for format avro or protobuf. Empty: none.",
                DRIFTD_AT(at, schema_registry.url)),
           expect_http_url),
      leaf(kPath, "basic_auth_file", "File with user:password.", DRIFTD_AT(at, schema_registry.basic_auth_file)),
      leaf(kPath, "token_file", "File with a bearer token.", DRIFTD_AT(at, schema_registry.token_file)),
      leaf(kPath, "ca_file", "File with the certificates that are trusted (PEM). Empty: the system's.",
           DRIFTD_AT(at, schema_registry.ca_file)),
      ranged(kDuration, "timeout", {100, kMinute},
             "Longest wait for one answer. Without one the topic pauses and the question is repeated.",
             DRIFTD_AT(at, schema_registry.timeout)),
      ranged(kInteger, "cache_entries", {1, 1'000'000}, "Schemas kept, at most.", DRIFTD_AT(at, schema_registry.cache_entries)),
      ranged(kDuration, "negative_ttl", {kSecond, kDay}, "How long the answer that there is no such schema is believed.",
             DRIFTD_AT(at, schema_registry.negative_ttl)),
  };
}

// The keys that a stream has and that a monitor with `topic` may set for its stream.
Keys stream_keys(const Get<StreamConfig>& at) {
  return {
      leaf(kStart, "start", "latest, earliest or an RFC 3339 time; only for partitions that no snapshot knows.",
           [at](void* owner) -> KeySlot { return &at(owner); }),
      choice("format", {"json", "csv", "avro", "protobuf", "json_schema"},
             "json; avro, protobuf or json_schema, framed as clients of a schema registry write them; csv for file replay.",
             DRIFTD_AT(at, format)),
      group("fields", "Where in a record things are: paths with dots, '\\.' for a dot in a name.",
            {
                leaf(kText, "event_time", "RFC 3339 text or an integer. Empty: the record's own timestamp.",
                     DRIFTD_AT(at, fields.event_time)),
                choice("event_time_unit", {"ms", "s", "us", "ns"}, "Unit of an integer event_time: ms, s, us or ns since 1970.",
                       DRIFTD_AT(at, fields.event_time_unit)),
                leaf(kText, "event_id", "Id of the event. Empty: partition and offset.", DRIFTD_AT(at, fields.event_id)),
                leaf(kText, "model_version", "Version of the model. Empty: none.", DRIFTD_AT(at, fields.model_version)),
                leaf(kText, "prediction", "The model's answer.", DRIFTD_AT(at, fields.prediction)),
                leaf(kText, "label", "The truth; with prediction it gives the derived 0/1 field `error`, for concept drift.",
                     DRIFTD_AT(at, fields.label)),
            }),
      group("on_error", "What happens to a record that cannot be used; it is always counted by reason.",
            {
                choice("action", {"skip", "dead_letter"}, "skip or dead_letter.", DRIFTD_AT(at, on_error.action)),
                leaf(kText, "topic", "Topic of dead letters; required for dead_letter.", DRIFTD_AT(at, on_error.topic)),
                leaf(kBoolean, "payload", "Copy up to 4 KiB of the record into the dead letter.", DRIFTD_AT(at, on_error.payload)),
            }),
      group("time", "Event time.",
            {
                ranged(kDuration, "lateness", {0, 30 * kDay}, "How long after its end a window waits for rows that come late.",
                       DRIFTD_AT(at, time.lateness)),
                ranged(kDuration, "max_future", {0, 365 * kDay},
                       "An event further ahead of its record's timestamp is set aside and counted.", DRIFTD_AT(at, time.max_future)),
                ranged(kDuration, "idle_after", {kSecond, 30 * kDay}, "A partition silent for this long holds no window open.",
                       DRIFTD_AT(at, time.idle_after)),
            }),
      group("queue", "What is read ahead. A full queue pauses partitions; nothing is dropped.",
            {
                ranged(kInteger, "records", {100, 1e8}, "Records, at most.", DRIFTD_AT(at, queue.records)),
                ranged(kSize, "bytes", {kMiB, 64 * kGiB}, "Bytes, at most.", DRIFTD_AT(at, queue.bytes)),
            }),
  };
}

Keys alert_keys(const Get<AlertConfig>& at) {
  return {
      leaf(kRate, "false_alarms", "\"N per DURATION\" for the monitor as a whole: sets the level of each test; off: fixed thresholds only.",
           DRIFTD_AT(at, false_alarms)),
      automatic(ranged(kNumber, "min_effect", {1e-6, 10}, "No alarm for a smaller effect. auto: 0.1, and 0.02 for 0/1 columns.",
                       DRIFTD_AT(at, min_effect))),
      choice("severity", {"auto", "warning", "critical"}, "auto (critical from an effect of 0.25), warning or critical.",
             DRIFTD_AT(at, severity)),
      ranged(kInteger, "close_after", {1, 10'000}, "Calm windows that close an alert.", DRIFTD_AT(at, close_after)),
      ranged(kInteger, "cooldown", {0, 10'000}, "Windows after a close in which the same alert does not open again.",
             DRIFTD_AT(at, cooldown)),
      group("fixed", "For detectors with a `threshold` of their own only.",
            {
                ranged(kInteger, "fire_after", {1, 10'000}, "Windows in a row over the threshold that fire.",
                       DRIFTD_AT(at, fixed.fire_after)),
                ranged(kInteger, "clear_after", {1, 10'000}, "Windows in a row under the clearing line that resolve.",
                       DRIFTD_AT(at, fixed.clear_after)),
                ranged(kNumber, "clear_ratio", {0.01, 1}, "The clearing line, as a share of the threshold.",
                       DRIFTD_AT(at, fixed.clear_ratio)),
                ranged(kDuration, "cooldown", {0, 30 * kDay}, "Event time after a resolve in which the same alert does not fire again.",
                       DRIFTD_AT(at, fixed.cooldown)),
            }),
  };
}

Keys alert_sink_keys(const Get<Config>& at) {
  return {
      leaf(kBoolean, "enabled", "Write alerts to a topic, as CloudEvents in JSON.", DRIFTD_AT(at, alert_sinks.kafka_enabled)),
      form(leaf(kText, "topic", "The topic.", DRIFTD_AT(at, alert_sinks.kafka_topic)), expect_topic),
      leaf(kBoolean, "windows", "Write every closed window to the same topic too.", DRIFTD_AT(at, alert_sinks.kafka_windows)),
  };
}

Keys alert_link_keys(const Get<Config>& at) {
  return {
      form(leaf(kText, "grafana", "How others reach the Grafana that has driftd's dashboards. Empty leaves the links out.",
                DRIFTD_AT(at, alert_sinks.links.grafana)),
           expect_http_url),
      form(leaf(kText, "runbooks", "Where runbooks are, each under the name of its alert. Empty: those that driftd serves itself.",
                DRIFTD_AT(at, alert_sinks.links.runbooks)),
           expect_http_url),
  };
}

Keys alertmanager_keys(const Get<Config>& at) {
  ConfigKey labels = leaf(kTextMap, "labels", "Put on every alert beside alertname, monitor, kind, feature, segment and severity.",
                          DRIFTD_AT(at, alert_sinks.alertmanager.labels));
  labels.expected_name = expect_label_name;
  return {
      form(leaf(kTextList, "urls", "Every Alertmanager there is, each by its own address, never through a balancer. Empty: none.",
                DRIFTD_AT(at, alert_sinks.alertmanager.urls)),
           expect_receiver_url),
      ranged(kDuration, "resend_every", {kSecond, kHour},
             "Firing alerts are sent again this often; one that is not ends after four times it.",
             DRIFTD_AT(at, alert_sinks.alertmanager.resend_every)),
      std::move(labels),
      leaf(kPath, "basic_auth_file", "File with user:password.", DRIFTD_AT(at, alert_sinks.alertmanager.basic_auth_file)),
      leaf(kPath, "token_file", "File with a bearer token.", DRIFTD_AT(at, alert_sinks.alertmanager.token_file)),
      leaf(kPath, "ca_file", "File with the certificates that are trusted (PEM). Empty: the system's.",
           DRIFTD_AT(at, alert_sinks.alertmanager.ca_file)),
      ranged(kDuration, "timeout", {100, 5 * kMinute}, "For one request, its answer included.",
             DRIFTD_AT(at, alert_sinks.alertmanager.timeout)),
  };
}

Keys webhook_keys(const Get<WebhookConfig>& at) {
  ConfigKey headers = leaf(kTextMap, "headers", "More headers of each request.", DRIFTD_AT(at, headers));
  headers.expected_name = expect_header_name;
  Keys keys{
      required(form(leaf(kText, "name", "Unique name, in metrics and messages.", DRIFTD_AT(at, name)), expect_monitor_name), "retrain"),
      form(leaf(kText, "url", "Whom to POST to. No redirect is followed.", DRIFTD_AT(at, url)), expect_receiver_url),
      leaf(kPath, "url_file", "File with the URL, in place of `url`, where the URL is a secret.", DRIFTD_AT(at, url_file)),
      choice("template", {"cloudevents", "slack", "alertmanager", "custom"},
             "cloudevents (the event itself), slack, alertmanager (version 4 of its webhook), or custom: the JSON in `body`.",
             DRIFTD_AT(at, body_template)),
      leaf(kText, "body",
           "custom: JSON with placeholders such as {{monitor}}, {{feature}}, {{summary}}, {{window_start}}, {{offsets}} or {{event}}; "
           "inside "
           "quotes escaped text, outside a JSON value.",
           DRIFTD_AT(at, body)),
      form(leaf(kTextList, "send", "Transitions: pending, firing, updated (now critical), resolved.", DRIFTD_AT(at, send)),
           expect_transition),
      form(leaf(kTextList, "kinds", "Kinds of alert: drift, prediction, performance, quality. Empty: all.", DRIFTD_AT(at, kinds)),
           expect_alert_kind),
      leaf(kTextList, "monitors", "Of which monitors, with * and ? as in file names.", DRIFTD_AT(at, monitors)),
      std::move(headers),
      leaf(kPath, "secret_file", "File with a secret, whsec_ and base64: each request is signed as Standard Webhooks ask.",
           DRIFTD_AT(at, secret_file)),
      leaf(kPath, "token_file", "File with a bearer token.", DRIFTD_AT(at, token_file)),
      leaf(kPath, "ca_file", "File with the certificates that are trusted (PEM). Empty: the system's.", DRIFTD_AT(at, ca_file)),
      ranged(kDuration, "timeout", {100, 5 * kMinute}, "For one request, its answer included.", DRIFTD_AT(at, timeout)),
      ranged(kDuration, "max_age", {kSecond, 30 * kDay}, "What could not be delivered for this long is given up.", DRIFTD_AT(at, max_age)),
  };
  keys[1].example = "https://ci.example/hooks/retrain";
  return keys;
}

ConfigKey webhooks_field() {
  ConfigKey field = leaf(kEntries, "webhooks", "Receivers of alerts by HTTP, each with a queue of its own.", nullptr);
  field.keys = webhook_keys(itself<WebhookConfig>());
  field.append = [](Document& document) -> void* { return &document.config.alert_sinks.webhooks.emplace_back(); };
  field.count = [](const Document& document) { return document.config.alert_sinks.webhooks.size(); };
  field.entry = [](Document& document, std::size_t i) -> void* { return &document.config.alert_sinks.webhooks[i]; };
  return field;
}

// What a monitor has besides its identity, and `defaults` sets for all.
Keys judging_keys(const Get<MonitorConfig>& at) {
  return {
      group("window", "Windows in event time.",
            {
                ranged(kDuration, "every", {kSecond, 366 * kDay}, "Length of a window. With `rows`: the grid on which windows are cut.",
                       DRIFTD_AT(at, window.every)),
                or_empty(ranged(kDuration, "advance", {kSecond, 366 * kDay},
                                "Hopping windows: one of length `every` starts at each multiple of this. \"\": one after the other.",
                                DRIFTD_AT(at, window.advance))),
                ranged(kInteger, "rows", {0, 1e9},
                       "Windows by count: one ends at the first multiple of `every` by which it has this many rows. 0: by time.",
                       DRIFTD_AT(at, window.rows)),
                automatic(ranged(kInteger, "min_samples", {1, 1e12},
                                 "A window with fewer rows is not judged. auto: 50 for numbers, 5 a cell for categories.",
                                 DRIFTD_AT(at, window.min_samples))),
                ranged(kDuration, "idle_close", {kSecond, 366 * kDay},
                       "When all partitions are silent for this long, windows that ended as long ago by the wall clock are closed.",
                       DRIFTD_AT(at, window.idle_close)),
            }),
      group("segments", "Parts of the rows that are judged on their own as well.",
            {
                leaf(kTextList, "by", "Columns.", DRIFTD_AT(at, segments.by)),
                leaf(kListMap, "values", "Column to its values, {country: [DE, FR]}; every other value is `__other__`.",
                     DRIFTD_AT(at, segments.values)),
            }),
      group("features", "Which of the reference's columns are judged.",
            {
                leaf(kTextList, "include", "Names, with * and ? as in file names.", DRIFTD_AT(at, features.include)),
                leaf(kTextList, "exclude", "Taken out of `include`.", DRIFTD_AT(at, features.exclude)),
                leaf(kTextList, "bins", "Features whose bins are metrics too, 20 at most of each (metrics.level: detailed).",
                     DRIFTD_AT(at, features.bins)),
            }),
      leaf(kDetectors, "detectors",
           "auto, or names to options: {psi: {threshold: 0.2}} judges by a fixed threshold, {adwin: {fields: [error]}} watches fields row "
           "by row.",
           DRIFTD_AT(at, detectors)),
      group("labels", "Labels on a topic of their own, joined to predictions by event id (the stream's fields.event_id).",
            {
                leaf(kText, "topic", "The topic. Empty: none.", DRIFTD_AT(at, labels.topic)),
                leaf(kText, "id", "Where in a label the event id is.", DRIFTD_AT(at, labels.id)),
                leaf(kText, "value", "Where the truth is.", DRIFTD_AT(at, labels.value)),
                leaf(kText, "event_time", "When it became known. Empty: the record's own timestamp.", DRIFTD_AT(at, labels.event_time)),
                ranged(kDuration, "join_within", {kSecond, 366 * kDay},
                       "Longest time between a prediction and its label. A prediction is judged when this has passed.",
                       DRIFTD_AT(at, labels.join_within)),
            }),
      group("performance", "How predictions are compared with labels.",
            {
                choice("task", {"auto", "off", "binary", "multiclass", "regression"},
                       "auto (by the reference's prediction and label), off, binary, multiclass or regression.",
                       DRIFTD_AT(at, performance.task)),
                ranged(kNumber, "threshold", {0, 1}, "binary: a prediction from here on is class 1.", DRIFTD_AT(at, performance.threshold)),
            }),
      choice("quality", {"off", "auto"}, "auto or off: shares of missing, wrong-typed, out-of-range and unseen values.",
             DRIFTD_AT(at, quality)),
  };
}

// Of the top level: what a reload takes.
ConfigKey reloading(ConfigKey key) {
  key.reloads = true;
  key.help += " Changes take effect on reload.";
  return key;
}

Keys marked(Keys keys, bool ConfigKey::* mark) {
  for (auto& key : keys) key.*mark = true;
  return keys;
}

void append(Keys& keys, Keys more) { std::ranges::move(more, std::back_inserter(keys)); }

// The keys of `defaults` (identity false) or of a monitor.
Keys monitor_keys(const Get<MonitorEntry>& at, bool identity) {
  const Get<MonitorConfig> monitor = [at](void* owner) -> MonitorConfig& { return at(owner).monitor; };
  Keys keys;
  if (identity) {
    keys.push_back(required(
        form(leaf(kText, "name", "Unique name, in metrics and alerts.", DRIFTD_AT(at, monitor.name)), expect_monitor_name), "fraud"));
    keys.push_back(
        leaf(kText, "stream",
             "The stream it reads: a name of `streams`. Or, in its place, `topic: T`: a topic of its own or that of other monitors; "
             "the keys of a stream (start, format, fields, on_error, time, queue) may then be set here.",
             DRIFTD_AT(at, monitor.stream)));
    keys.back().example = "predictions";
    keys.push_back(form(leaf(kText, "topic", "A topic, in place of `stream`.", DRIFTD_AT(at, topic)), expect_topic));
    keys.back().stream_key = true;
    keys.push_back(required(leaf(kPath, "reference", "What is normal: rows as .csv or .jsonl, plain or .gz, or a frozen .ref.",
                                 DRIFTD_AT(at, monitor.reference)),
                            "fraud.jsonl"));
  }
  append(keys, marked(stream_keys([at](void* owner) -> StreamConfig& { return at(owner).stream; }), &ConfigKey::stream_key));
  append(keys, judging_keys(monitor));
  const Get<AlertConfig> alerts = [monitor](void* owner) -> AlertConfig& { return monitor(owner).alerts; };
  keys.push_back(group("alerts", "Keys of the top level's `alerts`, but where they go, that differ for this monitor.", alert_keys(alerts)));
  keys.back().repeats = true;
  return keys;
}

ConfigKey streams_field() {
  ConfigKey field = leaf(kEntries, "streams", "Topics that several monitors share, with how to read them.", nullptr);
  const Get<StreamConfig> at = itself<StreamConfig>();
  field.keys = {required(form(leaf(kText, "name", "Unique name.", DRIFTD_AT(at, name)), expect_topic), "predictions"),
                required(form(leaf(kTextList, "topics", "Kafka topics.", DRIFTD_AT(at, topics)), expect_topic), "[fraud.predictions]")};
  append(field.keys, stream_keys(at));
  field.append = [](Document& document) -> void* { return &document.config.streams.emplace_back(); };
  field.count = [](const Document& document) { return document.config.streams.size(); };
  field.entry = [](Document& document, std::size_t i) -> void* { return &document.config.streams[i]; };
  return field;
}

ConfigKey monitors_field() {
  ConfigKey field = leaf(kEntries, "monitors", "What is watched.", nullptr);
  field.required = true;
  field.keys = monitor_keys(itself<MonitorEntry>(), true);
  field.append = [](Document& document) -> void* { return &document.monitors.emplace_back(document.defaults); };
  field.count = [](const Document& document) { return document.monitors.size(); };
  field.entry = [](Document& document, std::size_t i) -> void* { return &document.monitors[i]; };
  return field;
}

ConfigKey make_table() {
  const Get<Document> whole = itself<Document>();
  const Get<Config> at = [whole](void* owner) -> Config& { return whole(owner).config; };
  const Get<MonitorEntry> defaults = [whole](void* owner) -> MonitorEntry& { return whole(owner).defaults; };
  const Get<AlertConfig> default_alerts = [whole](void* owner) -> AlertConfig& { return whole(owner).defaults.monitor.alerts; };
  Keys alerts = marked(alert_keys(default_alerts), &ConfigKey::monitor_default);
  alerts.push_back(group("kafka", "Alerts on a topic.", alert_sink_keys(at)));
  alerts.push_back(group("alertmanager", "Alerts pushed to Prometheus Alertmanagers, in place of rules.", alertmanager_keys(at)));
  alerts.push_back(webhooks_field());
  alerts.push_back(group("links", "Where alerts and pages send a person.", alert_link_keys(at)));
  // `alerts` comes before `defaults`, and both before `monitors`: in this order they are read, the later winning.
  Keys keys{
      reloading(group("log", "What driftd says about itself, on standard error.", log_keys(at))),
      group("http", "Metrics, API and page.", http_keys(at)),
      group("state", "Snapshots of state and offsets.", state_keys(at)),
      reloading(group("history", "Closed windows for the page and the API (SQLite).", history_keys(at))),
      reloading(group(
          "metrics", "What /metrics shows.",
          {
              choice("level", {"basic", "detailed"}, "basic, or detailed: p-values, detectable effects, bins and lag by partition as well.",
                     DRIFTD_AT(at, metrics.level)),
              ranged(kInteger, "max_series", {100, 10'000'000}, "Series, at most; beyond it features are left out, and counted.",
                     DRIFTD_AT(at, metrics.max_series)),
              ranged(kDuration, "expire_after", {kMinute, 366 * kDay},
                     "A series goes when nothing changed it for this long: counters by error code or answer, and what the last window "
                     "of a monitor said, once three windows are missing as well.",
                     DRIFTD_AT(at, metrics.expire_after)),
              leaf(kBoolean, "exemplars", "OpenMetrics: the alert_id of the last transition beside its counter.",
                   DRIFTD_AT(at, metrics.exemplars)),
          })),
      reloading(
          group("reload", "When this file is read again, besides SIGHUP and POST /-/reload.",
                {leaf(kBoolean, "watch", "Also when it, or the link of the ConfigMap it is in, changes.", DRIFTD_AT(at, reload.watch))})),
      group("engine", "Work and its limits.", engine_keys(at)),
      group("kafka", "The cluster.", kafka_keys(at)),
      group("schema_registry", "Schemas of avro and protobuf records, by the REST API of Confluent's registry.", schema_registry_keys(at)),
      reloading(
          group("alerts", "When an alert opens and closes, for every monitor, and where it goes besides the log.", std::move(alerts))),
      reloading(group("defaults", "Keys of every monitor that does not set them itself: any but name, stream, topic and reference.",
                      monitor_keys(defaults, false))),
      reloading(streams_field()),
      reloading(monitors_field()),
  };
  for (auto& key : keys) key.monitor_default = key.repeats = key.name == "defaults";
  return group("", "", std::move(keys));
}

}  // namespace

const ConfigKey& key_table() {
  static const ConfigKey table = make_table();
  return table;
}

const ConfigKey* find_key(const ConfigKey& parent, std::string_view name) {
  const auto key = std::ranges::find(parent.keys, name, &ConfigKey::name);
  return key == parent.keys.end() ? nullptr : &*key;
}

std::vector<std::string> key_names(const ConfigKey& parent) {
  std::vector<std::string> names;
  for (const auto& key : parent.keys) names.push_back(key.name);
  return names;
}

bool is_leaf(const ConfigKey& field) { return field.type != kGroup && field.type != kEntries; }

}  // namespace driftd
