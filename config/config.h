// What the operator asked for, as typed values. No YAML here: load.h turns text into a Config.
// Every key of the file has its field here and its row in fields.cc; a key that does nothing does not exist.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace driftd {

using Milliseconds = std::chrono::milliseconds;

enum class LogLevel : std::uint8_t { kTrace, kDebug, kInfo, kWarn, kError };
enum class LogFormat : std::uint8_t { kLogfmt, kJson };
struct LogConfig {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kLogfmt;
  Milliseconds repeat_limit{10'000};
};

struct HttpConfig {
  std::string listen = "127.0.0.1:3738";  // port 0 = any
  std::string external_url;               // base of links that leave the process; "" leaves them out
  std::string token_file;                 // bearer token of what changes something; "" = none
  std::string basic_auth_file;            // user:crypt(3)-hash lines: who may read; "" = everybody
  struct Tls {
    std::string cert_file, key_file, client_ca_file;  // PEM; without cert_file no TLS, without client_ca_file no client certificates
  } tls;
  bool allow_insecure = false;    // other machines may reach it without TLS and login
  bool enable_lifecycle = false;  // POST /-/reload and /-/quit
};

struct ReloadConfig {
  bool watch = false;  // also when the file or its ConfigMap link changes
};

struct StateConfig {
  std::string dir;  // "" = $STATE_DIRECTORY, else /var/lib/driftd when writable, else the XDG state folder (decision 30)
  Milliseconds snapshot_interval{10'000};
  std::uint64_t snapshot_records = 2'000'000;
  std::uint32_t generations = 3;
};

// Closed windows for the page and the API: derived, may be deleted.
struct HistoryConfig {
  bool enabled = true;
  Milliseconds retention{30LL * 86'400'000};  // of event time, behind each monitor's newest window
  std::uint64_t max_size_bytes = 1ULL << 30;
};

enum class MetricsLevel : std::uint8_t { kBasic, kDetailed };
struct MetricsConfig {
  MetricsLevel level = MetricsLevel::kBasic;
  std::uint32_t max_series = 10'000;
  Milliseconds expire_after{3'600'000};  // of a series that nothing changed
  bool exemplars = true;                 // in OpenMetrics only
};

struct EngineConfig {
  std::uint32_t shards = 0;  // 0 = auto: cores, at most the number of partitions
  std::uint64_t max_payload_bytes = 1 << 20;
  std::uint64_t max_pending_labels = 1'000'000;  // predictions, and labels, a monitor keeps until they are joined
};

struct KafkaSecurity {
  std::string protocol = "PLAINTEXT";  // PLAINTEXT | SSL | SASL_PLAINTEXT | SASL_SSL
  std::string mechanism;               // PLAIN | SCRAM-SHA-256 | SCRAM-SHA-512 | OAUTHBEARER
  std::string username, password_file, ca_file, cert_file, key_file, key_password_file;
  struct Oauth {  // OAUTHBEARER: client credentials of OpenID Connect
    std::string token_url, client_id, client_secret_file, scope;
  } oauth;
};

struct KafkaConfig {
  std::vector<std::string> brokers;
  std::string group = "driftd";
  std::string client_id = "driftd";
  bool read_committed = true;  // isolation: read_committed | read_uncommitted
  KafkaSecurity security;
  std::map<std::string, std::string> librdkafka;  // passed through, checked
};

// Where the schemas of Avro and Protobuf records are asked for: a registry that speaks Confluent's REST API.
struct SchemaRegistryConfig {
  std::string url;                                   // "" = none
  std::string basic_auth_file, token_file, ca_file;  // "user:password"; a bearer token; "" = the system's certificates
  Milliseconds timeout{5'000};
  std::uint32_t cache_entries = 1000;
  Milliseconds negative_ttl{60'000};  // how long "there is no such schema" is believed
};

enum class StartAt : std::uint8_t { kLatest, kEarliest, kTime };
enum class OnError : std::uint8_t { kSkip, kDeadLetter };
enum class TimeUnit : std::uint8_t { kMilliseconds, kSeconds, kMicroseconds, kNanoseconds };
// csv: file replay only. The last three are framed as clients of a schema registry write them.
enum class Format : std::uint8_t { kJson, kCsv, kAvro, kProtobuf, kJsonSchema };

struct StreamConfig {
  std::string name;
  std::vector<std::string> topics;
  StartAt start = StartAt::kLatest;
  std::int64_t start_time_us = 0;  // kTime only
  Format format = Format::kJson;
  struct Fields {
    std::string event_time;                              // "" = the record's own timestamp
    TimeUnit event_time_unit = TimeUnit::kMilliseconds;  // of integers; RFC 3339 text always works
    std::string event_id, model_version;                 // "" = none
    std::string prediction, label;                       // "" = none; both: the derived field `error`
  } fields;
  struct Errors {
    OnError action = OnError::kSkip;
    std::string topic;     // dead letters; required for kDeadLetter
    bool payload = false;  // copy up to 4 KiB of the record into the dead letter
  } on_error;
  struct Time {
    Milliseconds lateness{60'000};
    Milliseconds max_future{300'000};
    Milliseconds idle_after{60'000};
  } time;
  struct Queue {
    std::uint64_t records = 100'000;
    std::uint64_t bytes = 64ULL << 20;
  } queue;
};

struct WindowConfig {
  Milliseconds every{300'000};               // length; with `rows` the grid on which windows are cut
  std::optional<Milliseconds> advance;       // hopping: a window starts at every multiple of it; nullopt = one after the other
  std::uint64_t rows = 0;                    // > 0: a window ends at the first multiple of `every` by which it has this many rows
  std::optional<std::uint64_t> min_samples;  // auto = 50 numeric, 5 x cells categorical (algorithms 0.3)
  Milliseconds idle_close{600'000};          // a stream silent for so long closes the windows that ended as long ago, by the wall clock

  Milliseconds step() const { return advance.value_or(every); }  // two windows end at least this far apart
};

struct SegmentsConfig {
  std::vector<std::string> by;                             // columns, in declared order
  std::map<std::string, std::vector<std::string>> values;  // column -> declared values; the rest is `__other__`
};

struct FeaturesConfig {
  std::vector<std::string> include{"*"};  // globs over the reference's columns
  std::vector<std::string> exclude;
  std::vector<std::string> bins;  // globs: features whose bins are series at metrics.level detailed
};

// One entry of `detectors`: a two-sample method with a fixed threshold, or a sequential detector on fields.
struct DetectorConfig {
  std::string name;
  std::optional<double> threshold;           // two-sample: opts into a fixed threshold
  std::vector<std::string> fields{"error"};  // sequential: globs over features
  std::map<std::string, double> params;      // sequential: River's names; absent = default of the spec
};

enum class Severity : std::uint8_t { kAuto, kWarning, kCritical };

struct FalseAlarms {
  double count = 1;
  Milliseconds period{30LL * 86'400'000};
};

struct FixedAlertConfig {
  std::uint32_t fire_after = 2, clear_after = 3;
  double clear_ratio = 0.8;
  Milliseconds cooldown{30 * 60'000};
};

struct AlertConfig {
  std::optional<FalseAlarms> false_alarms = FalseAlarms{};  // nullopt = off: fixed thresholds only
  std::optional<double> min_effect;                         // auto = 0.1, and 0.02 for 0/1 columns
  Severity severity = Severity::kAuto;                      // auto: critical from an effect of 0.25
  std::uint32_t close_after = 3;                            // calm windows
  std::uint32_t cooldown = 1;                               // windows
  FixedAlertConfig fixed;
};

// Alerts pushed to every one of these Alertmanagers; no URL = none.
struct AlertmanagerConfig {
  std::vector<std::string> urls;
  Milliseconds resend_every{60'000}, timeout{10'000};
  std::map<std::string, std::string> labels;  // put on every alert
  std::string basic_auth_file, token_file, ca_file;
};

enum class WebhookBody : std::uint8_t { kCloudEvents, kSlack, kAlertmanager, kCustom };

struct WebhookConfig {
  std::string name;
  std::string url, url_file;  // one of the two: the address of some receivers is a secret
  WebhookBody body_template = WebhookBody::kCloudEvents;
  std::string body;                                                // kCustom: JSON with placeholders (body_template.h)
  std::vector<std::string> send{"firing", "updated", "resolved"};  // transitions: pending, firing, updated, resolved
  std::vector<std::string> kinds;                                  // empty = all: drift, prediction, performance, quality
  std::vector<std::string> monitors{"*"};                          // globs
  std::map<std::string, std::string> headers;
  std::string secret_file, token_file, ca_file;
  Milliseconds timeout{10'000}, max_age{86'400'000};
};

struct AlertLinksConfig {  // starts of links that alerts and pages carry; "" leaves them out
  std::string grafana, runbooks;
};

struct AlertSinksConfig {  // alerts.kafka, .alertmanager, .webhooks, .links: they belong to the daemon, not to a monitor
  bool kafka_enabled = false;
  std::string kafka_topic = "driftd.events.v1";
  bool kafka_windows = false;  // closed windows on the same topic
  AlertmanagerConfig alertmanager;
  std::vector<WebhookConfig> webhooks;
  AlertLinksConfig links;
};

// Labels that come later, on a topic of their own, and are joined to predictions by event id.
struct LabelsConfig {
  std::string topic;                         // "" = none
  std::string stream;                        // name of the StreamConfig that reads it; follows from `topic`
  std::string id, value, event_time;         // fields of a label; event_time "" = the record's own timestamp
  Milliseconds join_within{7 * 86'400'000};  // between a prediction and its label, either way
};

enum class TaskChoice : std::uint8_t { kAuto, kOff, kBinary, kMulticlass, kRegression };

struct PerformanceConfig {
  TaskChoice task = TaskChoice::kAuto;
  double threshold = 0.5;  // binary: a prediction from here on is class 1
};

struct MonitorConfig {
  std::string name;
  std::string stream;     // name of a StreamConfig; `topic: T` makes or joins stream T
  std::string reference;  // path: .ref, .csv, .jsonl, each plain or .gz
  WindowConfig window;
  SegmentsConfig segments;
  FeaturesConfig features;
  std::vector<DetectorConfig> detectors;  // empty = auto
  bool quality = true;                    // quality: auto | off
  LabelsConfig labels;
  PerformanceConfig performance;
  AlertConfig alerts;
};

struct Config {
  std::string source;  // path it came from, for messages
  std::string hash;    // 12 hex digits over the effective values that can change a result
  LogConfig log;
  HttpConfig http;
  StateConfig state;
  MetricsConfig metrics;
  EngineConfig engine;
  KafkaConfig kafka;
  SchemaRegistryConfig schema_registry;
  std::vector<StreamConfig> streams;
  std::vector<MonitorConfig> monitors;
  AlertSinksConfig alert_sinks;
  HistoryConfig history;
  ReloadConfig reload;
};

}  // namespace driftd
