// `driftd explain`: why an alert fired, in words. What it says is in the event; a running daemon or a file of events hands it over.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ranges>

#include "config/suggest.h"
#include "daemon/cli/arguments.h"
#include "daemon/cli/load_config.h"
#include "daemon/cli/verb.h"
#include "daemon/decode/json_tree.h"
#include "daemon/explain/alert_record.h"
#include "daemon/explain/explanation.h"
#include "daemon/http/client.h"
#include "daemon/http/client_login.h"
#include "daemon/http/endpoint.h"
#include "daemon/http/target.h"

namespace driftd {
namespace {

constexpr const char* kHelp =
    "Why an alert fired: the sentence; the doubts one has about it, in order; the bins that moved; since when, and in which rows; what "
    "set\n"
    "the limit; where to look next.\n\n"
    "Examples:\n  driftd explain 6e77b70df680e4e0\n  driftd explain 6e77b70df680e4e0 --url https://driftd.example:3738 --ca-file ca.pem\n"
    "  kcat -C -b \"$BROKERS\" -t driftd.events.v1 -e | driftd explain 6e77b70df680e4e0 --event -\n"
    "Exit codes: 0 explained, 64 usage, 65 no such alert or a bad event, 69 no daemon answers, 74 the file cannot be read";

constexpr std::size_t kListedIds = 5;
constexpr std::size_t kLongestAnswer = std::size_t{64} << 20;

struct ExplainFlags {
  std::string id;  // "" = the only alert of the file
  std::string url = "http://127.0.0.1:3738";
  std::string ca_file, login_file, cert_file, key_file;
  std::string event;
  bool json = false;
};

struct Failure {
  int code;
  std::string message;
};

struct Found {
  AlertRecord record;
  ExplainContext context;
};

using Outcome = std::expected<Found, Failure>;

Failure unknown_id(const std::string& id, const std::vector<std::string>& known, std::string_view where) {
  if (known.empty()) return {kExitBadInput, fmt::format("no alert '{}': {} knows none", id, where)};
  const auto shown = known | std::views::take(kListedIds);
  return {kExitBadInput, fmt::format("no alert '{}'{}; {} knows {}: {}{}", id, did_you_mean(id, known), where, known.size(),
                                     fmt::join(shown, ", "), known.size() > kListedIds ? ", ..." : "")};
}

// ---- From a file

OtherAlert other_of(const AlertRecord& record) { return {record.alert_id, record.kind, record.feature, record.segment, record.state}; }

std::vector<std::string> ids_of(const std::vector<AlertRecord>& records) {
  std::vector<std::string> ids;
  for (const auto& record : records) {
    if (std::ranges::find(ids, record.alert_id) == ids.end()) ids.push_back(record.alert_id);
  }
  return ids;
}

// The last word on every other alert of the monitor.
std::vector<OtherAlert> others_of(const std::vector<AlertRecord>& records, const AlertRecord& explained) {
  std::vector<OtherAlert> others;
  for (const auto& record : records) {
    if (record.monitor != explained.monitor || record.alert_id == explained.alert_id) continue;
    const auto known = std::ranges::find(others, record.alert_id, &OtherAlert::alert_id);
    known == others.end() ? others.push_back(other_of(record)) : static_cast<void>(*known = other_of(record));
  }
  return others;
}

// An alert by its last event, or one event by its own id.
Outcome find_record(const std::vector<AlertRecord>& records, const ExplainFlags& flags) {
  const auto ids = ids_of(records);
  if (flags.id.empty() && ids.size() != 1) {
    return std::unexpected(Failure{kExitUsage, fmt::format("{} has {} alerts: name one by its id", flags.event, ids.size())});
  }
  const std::string& id = flags.id.empty() ? ids.front() : flags.id;
  Found found;
  for (const auto& record : records) {
    if (record.alert_id == id && found.context.since.empty()) found.context.since = record.window.start;
    if (record.alert_id == id || record.event_id == id) found.record = record;
  }
  if (found.record.alert_id.empty()) return std::unexpected(unknown_id(id, ids, flags.event));
  const bool began = std::ranges::find(records, found.record.alert_id, &AlertRecord::alert_id)->previous_state == "inactive";
  if (!began) found.context.since.clear();
  found.context.others = others_of(records, found.record);
  return found;
}

Outcome from_file(const ExplainFlags& flags) {
  const auto text = read_text(flags.event);
  if (!text) return std::unexpected(Failure{kExitIo, fmt::format("{}: cannot read it: {}", flags.event, text.error())});
  const auto records = read_alert_events(*text);
  if (!records) return std::unexpected(Failure{kExitBadInput, fmt::format("{}: {}", flags.event, records.error())});
  return find_record(*records, flags);
}

// ---- From a daemon

std::string text_of(const JsonTree& tree, std::string_view path) {
  const JsonTree* value = tree.find(path);
  return value != nullptr && value->text() != nullptr ? *value->text() : "";
}

// A daemon, and how it lets us ask.
class Daemon {
 public:
  static std::expected<Daemon, Failure> of(const ExplainFlags& flags) {
    Daemon daemon;
    daemon.url_ = url_under(flags.url, "");
    daemon.receiver_.ca_file = flags.ca_file;
    daemon.receiver_.cert_file = flags.cert_file;
    daemon.receiver_.key_file = flags.key_file;
    daemon.receiver_.body_bytes = kLongestAnswer;
    daemon.request_.headers = {{"User-Agent", "driftd"}};
    if (flags.login_file.empty()) return daemon;
    auto login = basic_login("--login-file", flags.login_file);
    if (!login) return std::unexpected(Failure{kExitUsage, login.error()});
    daemon.request_.headers.emplace_back("Authorization", std::move(*login));
    return daemon;
  }

  const std::string& url() const { return url_; }

  // What /api/v1 answers to one question, unless nobody does.
  std::expected<HttpAnswer, Failure> ask(const std::string& target) const {
    HttpReceiver receiver = receiver_;
    receiver.url = url_under(url_, target);
    auto answer = http_fetch(receiver, request_);
    if (!answer) {
      return std::unexpected(
          Failure{kExitUnavailable, fmt::format("no daemon answers: {}: {}. Is driftd running there? --url names another, "
                                                "--event F reads a file",
                                                url_, answer.error())});
    }
    if (answer->status == 401) {
      return std::unexpected(
          Failure{kExitUnavailable, fmt::format("{}: it wants a login: --login-file names a file with user:password", url_)});
    }
    return std::move(*answer);
  }

 private:
  std::string url_;  // without a slash at its end
  HttpReceiver receiver_;
  HttpPost request_;
};

std::vector<OtherAlert> listed_alerts(const HttpAnswer& answer) {
  std::vector<OtherAlert> alerts;
  const auto document = parse_json(answer.body);
  const JsonTree* list = document ? document->find("data") : nullptr;
  if (list == nullptr || list->array() == nullptr) return alerts;
  for (const JsonTree& alert : *list->array()) {
    alerts.push_back({text_of(alert, "alert_id"), text_of(alert, "kind"), text_of(alert, "feature"), text_of(alert, "segment"),
                      text_of(alert, "state")});
  }
  return alerts;
}

std::expected<std::vector<OtherAlert>, Failure> ask_alerts(const Daemon& daemon, const std::string& monitor) {
  const auto answer = daemon.ask("/api/v1/alerts?limit=1000" + (monitor.empty() ? "" : "&monitor=" + percent_encode(monitor)));
  if (!answer) return std::unexpected(answer.error());
  return listed_alerts(*answer);
}

Failure not_listed(const Daemon& daemon, const std::string& id) {
  const auto alerts = ask_alerts(daemon, "");
  if (!alerts) return alerts.error();
  std::vector<std::string> ids;
  for (const OtherAlert& alert : *alerts) ids.push_back(alert.alert_id);
  return unknown_id(id, ids, daemon.url());
}

Outcome from_daemon(const ExplainFlags& flags) {
  const auto daemon = Daemon::of(flags);
  if (!daemon) return std::unexpected(daemon.error());
  const auto bad = [&](const std::string& why) {
    return std::unexpected(Failure{kExitUnavailable, fmt::format("{}: {}", daemon->url(), why)});
  };
  const auto answer = daemon->ask("/api/v1/alerts/" + percent_encode(flags.id));
  if (!answer) return std::unexpected(answer.error());
  const auto document = parse_json(answer->body);
  if (!document || document->find("status") == nullptr)
    return bad(fmt::format("what answers there is not driftd (status {})", answer->status));
  if (answer->status == 404) return std::unexpected(not_listed(*daemon, flags.id));
  const JsonTree* event = document->find("data.event");
  if (answer->status != 200 || event == nullptr) return bad(fmt::format("status {}: {}", answer->status, text_of(*document, "error")));
  JsonWriter text;
  write_json(text, *event);
  auto record = read_alert_event(text.text());
  if (!record) return std::unexpected(Failure{kExitBadInput, fmt::format("{}: a bad event: {}", daemon->url(), record.error())});
  auto others = ask_alerts(*daemon, record->monitor);
  if (!others) return std::unexpected(others.error());
  std::erase_if(*others, [&](const OtherAlert& other) { return other.alert_id == record->alert_id; });
  ExplainContext context;
  context.since = text_of(*document, "data.since");
  context.others = std::move(*others);
  context.url = daemon->url();
  return Found{std::move(*record), std::move(context)};
}

}  // namespace

int run_explain(std::span<const std::string> args) {
  ExplainFlags flags;
  CLI::App app(kHelp, "driftd explain");
  app.add_option("ALERT_ID", flags.id, "Id of the alert, or with --event of one event; may be left out where the file holds one alert");
  const auto url = app.add_option("--url", flags.url, "Address of the running daemon")->capture_default_str();
  app.add_option("--ca-file", flags.ca_file, "Certificates (PEM) to trust where the daemon's listener has TLS; left out: the system's")
      ->type_name("FILE");
  app.add_option("--login-file", flags.login_file, "File with user:password, where the listener wants a login")->type_name("FILE");
  const auto key = app.add_option("--key-file", flags.key_file, "Key (PEM) of --cert-file")->type_name("FILE");
  app.add_option("--cert-file", flags.cert_file, "Our certificate (PEM), where the listener asks for one")->type_name("FILE")->needs(key);
  app.add_option("--event", flags.event, "File of events instead: one, or one a line; - is standard input")
      ->type_name("FILE")
      ->excludes(url);
  app.add_flag("--json", flags.json, "The explanation as one JSON document");
  if (const auto done = parse_arguments(app, args)) return *done;
  const auto fail = [](const Failure& failure) {
    fmt::print(stderr, "driftd explain: {}\n", failure.message);
    return failure.code;
  };
  if (flags.id.empty() && flags.event.empty()) return fail({kExitUsage, "name an alert by its id; the page and every event show it"});
  const Outcome found = flags.event.empty() ? from_daemon(flags) : from_file(flags);
  if (!found) return fail(found.error());
  const Explanation explanation = explain(found->record, found->context);
  std::fputs((flags.json ? explanation_json(found->record, explanation) : explanation_text(found->record, explanation)).c_str(), stdout);
  return kExitOk;
}

}  // namespace driftd
