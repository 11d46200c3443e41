#include "config/cross_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string>

#include "config/body_template.h"
#include "config/formats.h"
#include "config/listener.h"
#include "config/scalar.h"
#include "config/substitute.h"
#include "detectors/registry.h"

namespace driftd {
namespace {

constexpr std::int64_t kMostPanes = 10'000;   // of one window
constexpr std::size_t kLongestAddress = 200;  // of an Alertmanager: it names a section of the snapshot

class Checker {
 public:
  Checker(const Document& document, const Places& places, Report& report)
      : document_(document), config_(document.config), places_(places), report_(report) {
    for (const auto& stream : config_.streams) streams_.emplace(stream.name, &stream);
    for (const auto& entry : document.monitors) {
      if (entry.monitor.labels.stream.empty()) continue;
      joined_.insert(entry.monitor.stream);
      joined_.insert(entry.monitor.labels.stream);
    }
    for (const auto& entry : document.monitors) read_.insert(entry.monitor.stream);
  }

  void check_all() {
    check_monitor_names();
    for (std::size_t i = 0; i < document_.monitors.size(); ++i) check_monitor(i);
    for (std::size_t i = 0; i < config_.streams.size(); ++i) check_stream(i);
    check_loops();
    check_listener();
    check_alertmanager();
    for (std::size_t i = 0; i < config_.alert_sinks.webhooks.size(); ++i) check_webhook(i);
  }
  void check_kafka();
  void require_monitors() {
    if (document_.monitors.empty() && (!places_.contains("monitors") || report_.clean()))
      problem("monitors", "expected at least one monitor");
  }

 private:
  // The place of a key; of the nearest group around it when the key is not set.
  Mark place(std::string path) const;
  void problem(const std::string& path, const std::string& message) { report_.problem(place(path), fmt::format("{}: {}", path, message)); }
  void warning(const std::string& path, const std::string& message) { report_.warning(place(path), fmt::format("{}: {}", path, message)); }

  // The same about a key of a stream; one that a monitor implies is named by that monitor.
  std::string stream_path(std::size_t i) const;
  void stream_problem(std::size_t i, const std::string& key, const std::string& message) {
    report_.problem(place(fmt::format("streams[{}].{}", i, key)), fmt::format("{}.{}: {}", stream_path(i), key, message));
  }

  void check_monitor_names();
  void check_monitor(std::size_t i);
  void check_window(const std::string& path, const WindowConfig& window);
  void check_level(const std::string& path, const MonitorConfig& monitor);
  void check_segments(const std::string& path, const SegmentsConfig& segments);
  void check_concept(const std::string& path, const MonitorConfig& monitor);
  void check_labels(const std::string& path, const MonitorConfig& monitor);
  void check_stream(std::size_t i);
  void check_loops();
  void check_listener();
  void check_listener_files();
  void check_security(const KafkaSecurity& security);
  void check_oauth(const KafkaSecurity& security);
  void check_secret_files(const KafkaSecurity& security);
  void check_registry();
  void check_alertmanager();
  void check_webhook(std::size_t i);
  void check_webhook_body(const std::string& path, const WebhookConfig& webhook);
  void check_clear_text(const std::string& path, const std::string& url);
  void check_receiver_files();
  void check_readable(const std::string& path, const std::string& file);

  const Document& document_;
  const Config& config_;
  const Places& places_;
  Report& report_;
  std::map<std::string, const StreamConfig*> streams_;
  std::set<std::string> read_;    // names of streams that a monitor reads
  std::set<std::string> joined_;  // names of streams that labels are joined from or to
};

Mark Checker::place(std::string path) const {
  while (!path.empty()) {
    const auto found = places_.find(path);
    if (found != places_.end()) return found->second;
    const std::size_t dot = path.rfind('.');
    path.resize(dot == std::string::npos ? 0 : dot);
  }
  return places_.at("");
}

void Checker::check_monitor_names() {
  std::map<std::string, std::size_t> names;
  for (std::size_t i = 0; i < document_.monitors.size(); ++i) {
    const std::string& name = document_.monitors[i].monitor.name;
    const auto [first, fresh] = names.emplace(name, i);
    if (!fresh && !name.empty())
      problem(fmt::format("monitors[{}].name", i), fmt::format("'{}' is the name of monitors[{}] too", name, first->second));
  }
}

void Checker::check_monitor(std::size_t i) {
  const MonitorConfig& monitor = document_.monitors[i].monitor;
  const std::string path = fmt::format("monitors[{}]", i);
  if (places_.contains(path + ".reference") && monitor.reference.empty()) problem(path + ".reference", "expected a path; got \"\"");
  check_window(path + ".window", monitor.window);
  check_level(path, monitor);
  check_segments(path, monitor.segments);
  check_concept(path, monitor);
  check_labels(path, monitor);
}

// A hopping window is a sum of panes of gcd(every, advance): the open ones are all held.
void Checker::check_window(const std::string& path, const WindowConfig& window) {
  if (window.rows > 0 && window.min_samples && *window.min_samples > window.rows) {
    problem(path + ".min_samples", fmt::format("{} is more than rows ({}): a window that just has its rows would not be judged",
                                               *window.min_samples, window.rows));
  }
  if (!window.advance) return;
  const std::string advance = print_duration(*window.advance), every = print_duration(window.every);
  if (window.rows > 0) return problem(path + ".advance", "is not used with rows: windows by count are cut at multiples of every");
  if (*window.advance > window.every)
    return problem(path + ".advance", fmt::format("{} is more than every ({}): rows between two windows would be in none", advance, every));
  const Milliseconds pane(std::gcd(window.every.count(), window.advance->count()));
  if (window.every / pane <= kMostPanes) return;
  problem(path + ".advance",
          fmt::format("windows of {} every {} are made of {} panes of {}, and {} is the most; choose lengths with a larger "
                      "common divisor",
                      every, advance, window.every / pane, print_duration(pane), kMostPanes));
}

// N false alarms per T, with a window every D: at N x D / T >= 1 every window may alarm.
void Checker::check_level(const std::string& path, const MonitorConfig& monitor) {
  if (!monitor.alerts.false_alarms) {
    const bool any = std::ranges::any_of(monitor.detectors, [](const DetectorConfig& detector) { return detector.threshold.has_value(); });
    if (!any) warning(path + ".alerts.false_alarms", "off, and no detector has a threshold: only sequential detectors can raise an alert");
    return;
  }
  const FalseAlarms& rate = *monitor.alerts.false_alarms;
  const double in_window = rate.count * static_cast<double>(monitor.window.step().count()) / static_cast<double>(rate.period.count());
  if (in_window < 1) return;
  problem(path + ".alerts.false_alarms",
          fmt::format("{} with a window every {} allows {:.3g} false alarms in every window; allow fewer, or shorten window.{}",
                      print_rate(rate), print_duration(monitor.window.step()), in_window, monitor.window.advance ? "advance" : "every"));
}

void Checker::check_segments(const std::string& path, const SegmentsConfig& segments) {
  for (const auto& [column, values] : segments.values) {
    const bool used = std::ranges::find(segments.by, column) != segments.by.end();
    if (!used) problem(path + ".segments.values", fmt::format("column '{}' is not in segments.by", column));
    if (values.empty()) problem(path + ".segments.values", fmt::format("column '{}' has no values", column));
  }
  for (const auto& column : segments.by) {
    if (!segments.values.contains(column)) {
      problem(path + ".segments.by",
              fmt::format("column '{}' has no values in segments.values; only declared values make segments", column));
    }
  }
}

void Checker::check_concept(const std::string& path, const MonitorConfig& monitor) {
  const auto found = streams_.find(monitor.stream);
  if (found == streams_.end()) return;
  const StreamConfig* stream = found->second;
  if (!monitor.labels.topic.empty() || (!stream->fields.prediction.empty() && !stream->fields.label.empty())) return;
  for (const auto& detector : monitor.detectors) {
    const bool on_error = std::ranges::find(detector.fields, "error") != detector.fields.end();
    if (find_sequential(detector.name) == nullptr || !on_error) continue;
    problem(path + ".detectors",
            fmt::format("{} watches 'error', which needs fields.prediction and fields.label of stream '{}'", detector.name, stream->name));
  }
}

void Checker::check_labels(const std::string& path, const MonitorConfig& monitor) {
  const LabelsConfig& labels = monitor.labels;
  if (labels.topic.empty()) {
    for (const auto& [key, value] : {std::pair{"id", labels.id}, {"value", labels.value}, {"event_time", labels.event_time}}) {
      if (!value.empty()) problem(fmt::format("{}.labels.{}", path, key), "is only used with labels.topic");
    }
    return;
  }
  const auto predictions = streams_.find(monitor.stream), answers = streams_.find(labels.stream);
  if (predictions == streams_.end() || answers == streams_.end() || predictions == answers) return;
  const StreamConfig::Fields &rows = predictions->second->fields, &truth = answers->second->fields;
  if (truth.event_id.empty()) problem(path + ".labels", "missing key 'id': where in a label the event id is");
  if (truth.label.empty()) problem(path + ".labels", "missing key 'value': where in a label the truth is");
  if (rows.event_id.empty()) {
    problem(path + ".labels", fmt::format("labels are joined by event id: set fields.event_id of stream '{}'", monitor.stream));
  }
  if (!rows.label.empty()) {
    problem(path + ".labels.topic", fmt::format("stream '{}' has its labels in fields.label; take one of the two", monitor.stream));
  }
}

std::string Checker::stream_path(std::size_t i) const {
  if (i < document_.declared_streams) return fmt::format("streams[{}]", i);
  const auto reader =
      std::ranges::find(document_.monitors, config_.streams[i].name, [](const MonitorEntry& entry) { return entry.monitor.stream; });
  return fmt::format("monitors[{}]", reader - document_.monitors.begin());
}

void Checker::check_stream(std::size_t i) {
  const StreamConfig& stream = config_.streams[i];
  const bool dead_letters = stream.on_error.action == OnError::kDeadLetter;
  if (dead_letters && stream.on_error.topic.empty()) stream_problem(i, "on_error.action", "dead_letter needs on_error.topic");
  if (!dead_letters && !stream.on_error.topic.empty()) stream_problem(i, "on_error.topic", "is only used with 'action: dead_letter'");
  if (!dead_letters && stream.on_error.payload) stream_problem(i, "on_error.payload", "is only used with 'action: dead_letter'");
  const bool prediction = !stream.fields.prediction.empty(), label = !stream.fields.label.empty();
  if (prediction != label && !joined_.contains(stream.name)) {
    const std::string given = prediction ? "fields.prediction" : "fields.label",
                      missing = prediction ? "fields.label" : "fields.prediction";
    report_.warning(place(fmt::format("streams[{}].{}", i, given)),
                    fmt::format("{}.{} without {}: no concept drift", stream_path(i), given, missing));
  }
  if (!read_.contains(stream.name) && !joined_.contains(stream.name) && !stream.name.empty())
    warning(fmt::format("streams[{}]", i), fmt::format("no monitor reads stream '{}'", stream.name));
}

// What driftd writes must not come back in.
void Checker::check_loops() {
  std::map<std::string, std::string> readers;  // topic -> stream
  for (const auto& stream : config_.streams) {
    for (const auto& topic : stream.topics) readers.emplace(topic, stream.name);
  }
  const std::string& sink = config_.alert_sinks.kafka_topic;
  if (config_.alert_sinks.kafka_enabled && readers.contains(sink)) {
    problem("alerts.kafka.topic", fmt::format("stream '{}' reads topic '{}': alerts would come back as input", readers.at(sink), sink));
  }
  for (std::size_t i = 0; i < config_.streams.size(); ++i) {
    const auto reader = readers.find(config_.streams[i].on_error.topic);
    if (reader == readers.end()) continue;
    stream_problem(i, "on_error.topic",
                   fmt::format("stream '{}' reads topic '{}': dead letters would come back as input", reader->second, reader->first));
  }
}

void Checker::check_listener() {
  const HttpConfig::Tls& tls = config_.http.tls;
  if (tls.cert_file.empty() != tls.key_file.empty()) problem("http.tls", "cert_file and key_file go together");
  if (tls.cert_file.empty() && !tls.client_ca_file.empty()) problem("http.tls.client_ca_file", "is only used with cert_file and key_file");
  if (const auto wrong = listener_problem(config_.http)) problem("http.listen", *wrong);
}

void Checker::check_listener_files() {
  check_readable("http.token_file", config_.http.token_file);
  check_readable("http.basic_auth_file", config_.http.basic_auth_file);
  check_readable("http.tls.cert_file", config_.http.tls.cert_file);
  check_readable("http.tls.key_file", config_.http.tls.key_file);
  check_readable("http.tls.client_ca_file", config_.http.tls.client_ca_file);
}

void Checker::check_kafka() {
  const bool said = places_.contains("kafka.brokers") && !report_.clean();
  if (config_.kafka.brokers.empty() && !said) problem("kafka.brokers", "expected at least one broker, such as [\"localhost:9092\"]");
  check_security(config_.kafka.security);
  check_oauth(config_.kafka.security);
  check_secret_files(config_.kafka.security);
  check_registry();
  check_listener_files();
  check_receiver_files();
  for (std::size_t i = 0; i < config_.streams.size(); ++i) {
    if (config_.streams[i].format == Format::kCsv) stream_problem(i, "format", "csv is for file replay only");
  }
}

void Checker::check_security(const KafkaSecurity& security) {
  const std::string path = "kafka.security";
  const bool sasl = security.protocol.starts_with("SASL_"), tls = security.protocol.ends_with("SSL");
  if (sasl && security.mechanism.empty() && !places_.contains(path + ".mechanism"))
    problem(path + ".protocol", fmt::format("{} needs kafka.security.mechanism", security.protocol));
  if (!sasl && !security.mechanism.empty())
    problem(path + ".mechanism", fmt::format("is not used with protocol {}; use SASL_SSL", security.protocol));
  if (!sasl && !security.username.empty())
    problem(path + ".username", fmt::format("is not used with protocol {}; use SASL_SSL", security.protocol));
  if (!sasl && !security.password_file.empty())
    problem(path + ".password_file", fmt::format("is not used with protocol {}; use SASL_SSL", security.protocol));
  if (!tls && (!security.ca_file.empty() || !security.cert_file.empty() || !security.key_file.empty())) {
    problem(path, fmt::format("certificates are not used with protocol {}; use SSL or SASL_SSL", security.protocol));
  }
  const bool named = security.mechanism.starts_with("SCRAM-") || security.mechanism == "PLAIN";
  if (sasl && named && security.username.empty())
    problem(path + ".mechanism", fmt::format("{} needs kafka.security.username", security.mechanism));
  if (sasl && named && security.password_file.empty())
    problem(path + ".mechanism", fmt::format("{} needs kafka.security.password_file", security.mechanism));
  if (security.cert_file.empty() != security.key_file.empty()) problem(path, "cert_file and key_file go together");
  if (security.protocol == "SASL_PLAINTEXT" && security.mechanism == "PLAIN")
    warning(path + ".protocol", "the password crosses the network in clear text");
}

void Checker::check_oauth(const KafkaSecurity& security) {
  const std::string path = "kafka.security";
  const std::pair<const char*, const std::string&> keys[] = {{"oauth.token_url", security.oauth.token_url},
                                                             {"oauth.client_id", security.oauth.client_id},
                                                             {"oauth.client_secret_file", security.oauth.client_secret_file}};
  const bool used = security.mechanism == "OAUTHBEARER";
  for (const auto& [key, value] : keys) {
    if (used && value.empty()) problem(path + ".mechanism", fmt::format("OAUTHBEARER needs kafka.security.{}", key));
    if (!used && !value.empty()) problem(fmt::format("{}.{}", path, key), "is only used with mechanism OAUTHBEARER");
  }
  if (!used && !security.oauth.scope.empty()) problem(path + ".oauth.scope", "is only used with mechanism OAUTHBEARER");
  if (!used) return;
  if (!security.username.empty()) problem(path + ".username", "is not used with OAUTHBEARER; use oauth.client_id");
  if (!security.password_file.empty()) problem(path + ".password_file", "is not used with OAUTHBEARER; use oauth.client_secret_file");
  if (security.oauth.token_url.starts_with("http:")) warning(path + ".oauth.token_url", "the secret crosses the network in clear text");
}

void Checker::check_secret_files(const KafkaSecurity& security) {
  const auto check = [&](const char* key, const std::string& file) { check_readable(fmt::format("kafka.security.{}", key), file); };
  check("password_file", security.password_file);
  check("ca_file", security.ca_file);
  check("cert_file", security.cert_file);
  check("key_file", security.key_file);
  check("key_password_file", security.key_password_file);
  check("oauth.client_secret_file", security.oauth.client_secret_file);
}

void Checker::check_registry() {
  const SchemaRegistryConfig& registry = config_.schema_registry;
  const std::string path = "schema_registry";
  bool used = false;
  for (std::size_t i = 0; i < config_.streams.size(); ++i) {
    const Format format = config_.streams[i].format;
    if (format != Format::kAvro && format != Format::kProtobuf) continue;
    used = true;
    if (registry.url.empty()) {
      stream_problem(i, "format", fmt::format("{} needs schema_registry.url", format == Format::kAvro ? "avro" : "protobuf"));
    }
  }
  const std::pair<const char*, const std::string&> files[] = {
      {"basic_auth_file", registry.basic_auth_file}, {"token_file", registry.token_file}, {"ca_file", registry.ca_file}};
  for (const auto& [key, file] : files) {
    if (file.empty()) continue;
    if (registry.url.empty()) problem(fmt::format("{}.{}", path, key), "is only used with schema_registry.url");
    const auto content = read_small_file(file);
    if (!content) problem(fmt::format("{}.{}", path, key), content.error());
  }
  if (registry.url.find_first_of("@?#") != std::string::npos)
    problem(path + ".url", "expected no login, query or fragment in it; a login belongs into basic_auth_file or token_file");
  const bool login = !registry.basic_auth_file.empty() || !registry.token_file.empty();
  if (!registry.basic_auth_file.empty() && !registry.token_file.empty())
    problem(path, "basic_auth_file and token_file are two logins; take one");
  if (registry.url.starts_with("http:") && !registry.ca_file.empty()) problem(path + ".ca_file", "is not used with http; use https");
  if (registry.url.starts_with("http:") && login) warning(path + ".url", "the login crosses the network in clear text");
  if (!registry.url.empty() && !used) warning(path + ".url", "no stream has format avro or protobuf: the registry is not asked");
}

void Checker::check_readable(const std::string& path, const std::string& file) {
  if (file.empty()) return;
  if (const auto content = read_small_file(file); !content) problem(path, content.error());
}

void Checker::check_clear_text(const std::string& path, const std::string& url) {
  if (url.starts_with("http:")) warning(path, "the secret crosses the network in clear text; use https");
}

void Checker::check_alertmanager() {
  const AlertmanagerConfig& alertmanager = config_.alert_sinks.alertmanager;
  const std::string path = "alerts.alertmanager";
  if (!alertmanager.basic_auth_file.empty() && !alertmanager.token_file.empty()) {
    problem(path + ".token_file", "basic_auth_file and token_file are two logins; take one");
  }
  const bool login = !alertmanager.basic_auth_file.empty() || !alertmanager.token_file.empty();
  std::set<std::string> seen;
  for (const std::string& url : alertmanager.urls) {
    std::string address = url.substr(std::min(url.size(), url.find("://") + 3));
    while (address.ends_with('/')) address.pop_back();
    if (url.empty()) problem(path + ".urls", "expected URLs; one is empty");
    if (url.size() > kLongestAddress) problem(path + ".urls", fmt::format("a URL has more than {} characters", kLongestAddress));
    if (!seen.insert(address).second) problem(path + ".urls", fmt::format("'{}' is listed twice", address));
    if (login) check_clear_text(path + ".urls", url);
  }
}

void Checker::check_webhook(std::size_t i) {
  const WebhookConfig& webhook = config_.alert_sinks.webhooks[i];
  const std::string path = fmt::format("alerts.webhooks[{}]", i);
  const auto& all = config_.alert_sinks.webhooks;
  const auto first = std::ranges::find(all, webhook.name, &WebhookConfig::name);
  if (&*first != &webhook && !webhook.name.empty()) {
    problem(path + ".name", fmt::format("'{}' is taken by alerts.webhooks[{}]", webhook.name, first - all.begin()));
  }
  if (webhook.url.empty() && webhook.url_file.empty() && !places_.contains(path + ".url"))
    problem(path, "missing key 'url', or 'url_file'");
  if (!webhook.url.empty() && !webhook.url_file.empty()) problem(path + ".url_file", "url and url_file are two addresses; take one");
  if (webhook.send.empty()) problem(path + ".send", "expected at least one of pending, firing, updated, resolved");
  if (webhook.monitors.empty()) problem(path + ".monitors", "expected at least one name; [\"*\"] is all");
  const bool authorization = std::ranges::any_of(webhook.headers, [](const auto& header) { return looks_secret(header.first); });
  if (!webhook.token_file.empty() || authorization) check_clear_text(path + ".url", webhook.url);
  check_webhook_body(path, webhook);
}

void Checker::check_webhook_body(const std::string& path, const WebhookConfig& webhook) {
  const bool custom = webhook.body_template == WebhookBody::kCustom;
  if (!custom && !webhook.body.empty()) problem(path + ".body", "is only used with 'template: custom'");
  if (custom && webhook.body.empty()) problem(path + ".template", "custom needs `body`, the JSON to send");
  if (!custom || webhook.body.empty()) return;
  const auto parsed = BodyTemplate::parse(webhook.body);
  if (!parsed) problem(path + ".body", fmt::format("line {} of it: {}", parsed.error().line, parsed.error().message));
}

// A URL in a file is held to the same form; what it is, is not said.
void Checker::check_receiver_files() {
  const AlertmanagerConfig& alertmanager = config_.alert_sinks.alertmanager;
  check_readable("alerts.alertmanager.basic_auth_file", alertmanager.basic_auth_file);
  check_readable("alerts.alertmanager.token_file", alertmanager.token_file);
  check_readable("alerts.alertmanager.ca_file", alertmanager.ca_file);
  for (std::size_t i = 0; i < config_.alert_sinks.webhooks.size(); ++i) {
    const WebhookConfig& webhook = config_.alert_sinks.webhooks[i];
    const std::string path = fmt::format("alerts.webhooks[{}].", i);
    check_readable(path + "secret_file", webhook.secret_file);
    check_readable(path + "token_file", webhook.token_file);
    check_readable(path + "ca_file", webhook.ca_file);
    check_readable(path + "url_file", webhook.url_file);
    if (webhook.url_file.empty()) continue;
    const auto url = read_small_file(webhook.url_file);
    if (!url) continue;
    if (const auto expected = expect_receiver_url(*url); expected || url->empty()) {
      problem(path + "url_file", fmt::format("expected in it {}", expected.value_or("a URL; it is empty")));
    }
  }
}

}  // namespace

void cross_check(const Document& document, const Places& places, bool for_kafka, Report& report) {
  Checker checker(document, places, report);
  checker.require_monitors();
  if (for_kafka) checker.check_kafka();
  checker.check_all();
}

}  // namespace driftd
