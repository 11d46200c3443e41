// `driftd explain` as a verb: from files, and from a daemon's routes behind a real server.
#include <ctime>
#include <thread>

#include "daemon/api/documents.h"
#include "daemon/cli/verb.h"
#include "daemon/http/credentials.h"
#include "daemon/http/endpoint.h"
#include "daemon/http/server.h"
#include "daemon/routes.h"
#include "tests/daemon/cli/captured.h"
#include "tests/daemon/explain/alert_events.h"
#include "tests/daemon/http/tls_files.h"
#include "tests/temp_folder.h"

using namespace driftd;
using namespace driftd::test;

namespace {

constexpr const char* kAmount = "445341e2d6e3a930";

AlertStatus status_of(const JsonTree& event) {
  const AlertRecord record = record_of(event);
  AlertStatus status;
  status.alert_id = record.alert_id;
  status.kind = record.kind;
  status.feature = record.feature;
  status.segment = record.segment;
  status.severity = record.severity;
  status.state = AlertState::kFiring;
  status.summary = record.summary;
  status.event_json = text_of(event);
  return status;
}

// A daemon with two alerts.
class Daemon {
 public:
  explicit Daemon(std::shared_ptr<const HttpCredentials> credentials = nullptr)
      : routes_({[this] { return status_; }, [] { return std::int64_t{0}; }}, {.max_series = 100}) {
    auto monitor = std::make_shared<MonitorStatus>();
    monitor->name = "m";
    monitor->alerts = {status_of(golden_event("one_file", "drift", "amount")), status_of(golden_event("one_file", "quality", "country"))};
    auto status = std::make_shared<DaemonStatus>();
    status->monitors = {monitor};
    status_ = status;
    HttpOptions options{.listen = "127.0.0.1:0", .credentials = std::move(credentials)};
    server_.emplace(HttpServer::listen(std::move(options), routes_.handler()).value());
    thread_ = std::thread([this] { server_->run(); });
  }
  ~Daemon() {
    server_->stop();
    thread_.join();
  }
  std::string url() const { return server_->url(); }
  std::string tls_url() const { return "https://localhost:" + std::to_string(server_->port()); }

 private:
  std::shared_ptr<const DaemonStatus> status_;
  Routes routes_;
  std::optional<HttpServer> server_;
  std::thread thread_;
};

struct Refusal {
  const char* name;
  std::vector<std::string> args;
  int code;
  std::string part;  // of what is said
};

void check_refused(const Refusal& want, const Captured& captured) {
  CAPTURE(want.name);
  CAPTURE(captured.err);
  CHECK(captured.exit_code == want.code);
  CHECK(captured.err.contains(want.part));
  CHECK(captured.out == "");
}

}  // namespace

TEST_CASE("explain reads an alert from a file of events") {
  const Captured found = capture(run_explain, {kAmount, "--event", events_path("one_file")});
  CHECK(found.exit_code == kExitOk);
  CHECK(found.out.starts_with("amount: 33% of rows are > 115.14"));
  CHECK(found.out.contains("  - open as well: drift of country (all rows, firing): driftd explain "));
  const Captured json = capture(run_explain, {kAmount, "--json", "--event", events_path("one_file")});
  CHECK(parse_json(json.out)->find("alert_id")->text() != nullptr);
  CHECK(json.err == "");
}

TEST_CASE("explain asks a daemon: the alert, and the others of its monitor") {
  const Daemon daemon;
  const Captured found = capture(run_explain, {kAmount, "--url", daemon.url()});
  CHECK(found.exit_code == kExitOk);
  CHECK(found.out.contains("  - both sides as shares: " + daemon.url() + "ui/monitors/m/features/amount?segment=all\n"));
  CHECK(found.out.contains("  - open as well: quality of country (all rows, firing): driftd explain "));
  const Captured unknown = capture(run_explain, {"445341e2d6e3a931", "--url", daemon.url()});
  CHECK(unknown.exit_code == kExitBadInput);
  CHECK(
      unknown.err.contains("no alert '445341e2d6e3a931'; did you mean '445341e2d6e3a930'?; " + url_under(daemon.url(), "") + " knows 2: "));
}

TEST_CASE("explain asks a daemon with TLS, certificates and logins") {
  const TempFolder folder;
  const Authority authority, clients;
  const PemPair server = authority.sign("localhost"), client = clients.sign("operator");
  HttpConfig http;
  http.basic_auth_file = folder.write("logins", "reader:$2b$04$JlHxLN20aQ9rFBWuKiyEIuMOMfM5vJt6wSN9UJamtqr6eWXqMaZbK");
  http.tls.cert_file = folder.write("server.pem", server.certificate);
  http.tls.key_file = folder.write("server.key", server.key);
  http.tls.client_ca_file = folder.write("clients.pem", clients.certificate());
  const Daemon daemon(read_http_credentials(http, std::time(nullptr)).value());
  const std::string ca = folder.write("ca.pem", authority.certificate()), login = folder.write("login", "reader:correct horse\n");
  const std::string cert = folder.write("client.pem", client.certificate), key = folder.write("client.key", client.key);
  const auto ask = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {kAmount, "--url", daemon.tls_url()});
    return capture(run_explain, more);
  };
  const Captured found = ask({"--ca-file", ca, "--login-file", login, "--cert-file", cert, "--key-file", key});
  CHECK(found.err == "");
  CHECK(found.out.contains("  - open as well: quality of country"));
  const Refusal refusals[] = {
      {"a stranger's certificate", {}, kExitUnavailable, "TLS: certificate verify failed"},
      {"no certificate of ours", {"--ca-file", ca}, kExitUnavailable, "no daemon answers: " + daemon.tls_url()},
      {"no login", {"--ca-file", ca, "--cert-file", cert, "--key-file", key}, kExitUnavailable, "it wants a login: --login-file"},
      {"no file of a login", {"--login-file", folder.path("gone")}, kExitUsage, "--login-file: cannot read"},
      {"a certificate without its key", {"--cert-file", cert}, kExitUsage, "--key-file"},
  };
  for (const Refusal& refusal : refusals) check_refused(refusal, ask(refusal.args));
}

TEST_CASE("what explain cannot do says why, with its exit code") {
  const TempFolder folder;
  const std::string torn = folder.write("torn.jsonl", "{\"type\":\"dev.driftd.drift.firing.v1\",\"data\":{\"alert_id\":\"x\"}}\n");
  const std::string empty = folder.write("empty.jsonl", "");
  const Refusal refusals[] = {
      {"no id", {}, kExitUsage, "name an alert by its id"},
      {"no id and many alerts", {"--event", events_path("one_file")}, kExitUsage, "has 5 alerts: name one by its id"},
      {"unknown id", {"zzz", "--event", events_path("one_file")}, kExitBadInput, "no alert 'zzz'; "},
      {"no alerts at all", {"zzz", "--event", empty}, kExitBadInput, "no alert 'zzz': " + empty + " knows none"},
      {"a torn event", {"x", "--event", torn}, kExitBadInput, torn + ": line 1: data.after is missing"},
      {"no file", {"x", "--event", folder.path("gone")}, kExitIo, "cannot read it: No such file or directory"},
      {"no daemon", {"x", "--url", "http://127.0.0.1:1"}, kExitUnavailable, "no daemon answers: http://127.0.0.1:1: Connection refused"},
      {"two sources", {"x", "--url", "http://127.0.0.1:1", "--event", torn}, kExitUsage, "--event"},
  };
  for (const Refusal& refusal : refusals) check_refused(refusal, capture(run_explain, refusal.args));
}
