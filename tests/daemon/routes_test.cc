#include "daemon/routes.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "daemon/history/store.h"
#include "daemon/http/target.h"
#include "daemon/page/layout.h"
#include "daemon/runtime/event_time.h"
#include "tests/daemon/history/closed_windows.h"
#include "tests/daemon/status_fixture.h"
#include "tests/temp_folder.h"

using namespace driftd;

namespace {

Routes routes_over(std::shared_ptr<const DaemonStatus> status) {
  const auto events = std::make_shared<EventRing>("run", 2);
  for (const char* text : {"1", "2", "3"}) events->publish("window", text);
  return Routes({.status = [status] { return status; },
                 .wall_us = [] { return test::kNow; },
                 .events = events,
                 .config_yaml = "log:\n  level: info\n"},
                {.max_series = 10'000});
}

Response get(Routes& routes, std::string_view target) {
  auto parsed = parse_target(target).value();
  Response response = routes.handle({"GET", std::move(parsed.path), std::move(parsed.query)});
  return response.later ? response.later() : response;
}

Response get(std::string_view target, DaemonStatus status = test::make_status()) {
  Routes routes = routes_over(std::make_shared<const DaemonStatus>(std::move(status)));
  return get(routes, target);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

constexpr char kJson[] = "application/json", kHtml[] = "text/html; charset=utf-8", kText[] = "text/plain; charset=utf-8";

struct Row {
  const char* target;
  int status;
  const char *type, *part;
};
const Row kAnswers[] = {
    {"/metrics", 200, "text/plain; version=0.0.4; charset=utf-8", "\ndriftd_ready 1\n"},
    {"/-/healthy", 200, kText, "healthy\n"},
    {"/healthz", 200, kText, "healthy\n"},
    {"/-/ready", 200, kText, "ready\n"},
    {"/readyz", 200, kText, "ready\n"},
    {"/api/v1/status/buildinfo", 200, kJson, "\"version\":\"0.1.0\""},
    {"/api/v1/status/streams", 200, kJson, "\"name\":\"census\""},
    {"/api/v1/status/config", 200, kJson, "{\"yaml\":\"log:\\n  level: info\\n\",\"config_hash\":\"a41c09be7733\",\"taken\":"},
    {"/api/v1/status/runtime", 200, kJson, "{\"now\":\"2026-09-21T14:13:20Z\",\"started\":\"20"},
    {"/api/v1/status/runtime", 200, kJson, "\"history\":{\"enabled\":true,"},
    {"/openapi.json", 200, kJson, "\"openapi\": \"3.1.0\""},
    {"/schema/config.json", 200, kJson, "\"$schema\": \"https://json-schema.org/draft/2020-12/schema\""},
    {"/schema/event.json", 200, kJson, "\"$schema\": \"https://json-schema.org/draft/2020-12/schema\""},
    {"/runbooks/none", 404, kText, "no such runbook\n"},
    {"/api/v1/monitors", 200, kJson, "\"name\":\"employment\""},
    {"/api/v1/monitors?limit=1", 200, kJson, "\"next\":\"1\""},
    {"/api/v1/monitors?limit=1&next=2", 200, kJson, "\"name\":\"payments\""},
    {"/api/v1/monitors?limit=0", 400, kJson, "\"errorType\":\"bad_data\""},
    {"/api/v1/monitors?limit=1001", 400, kJson, "\"errorType\":\"bad_data\""},
    {"/api/v1/monitors?limit=x", 400, kJson, "\"errorType\":\"bad_data\""},
    {"/api/v1/monitors?next=-1", 400, kJson, "\"errorType\":\"bad_data\""},
    {"/api/v1/monitors/employment", 200, kJson, "\"name\":\"employment\""},
    {"/api/v1/monitors/none", 404, kJson, "\"errorType\":\"not_found\""},
    {"/api/v1/monitors/employment/features?sort=ratio&segment=sex%3D1", 200, kJson, "\"data\":[{\"name\":\"agep\",\"segment\":\"sex=1\""},
    {"/api/v1/monitors/employment/features?sort=name", 400, kJson, "sort must be ratio"},
    {"/api/v1/monitors/none/features", 404, kJson, "no such monitor"},
    {"/api/v1/monitors/employment/features/agep/distribution", 200, kJson, "\"segment\":\"all\""},
    {"/api/v1/monitors/employment/features/agep/distribution?segment=sex%3D1", 200, kJson, "\"segment\":\"sex=1\""},
    {"/api/v1/monitors/employment/features/none/distribution", 404, kJson, "\"errorType\":\"not_found\""},
    {"/api/v1/alerts?state=pending&monitor=employment", 200, kJson, "\"feature\":\"mig\""},
    {"/api/v1/alerts?state=open", 400, kJson, "state must be"},
    {"/api/v1/alerts/6e77b70df680e4e0", 200, kJson, "\"event\":{"},
    {"/api/v1/alerts/6e77b70df680e4e0", 200, kJson, "\"timeline\":[]"},
    {"/api/v1/alerts/none", 404, kJson, "\"errorType\":\"not_found\""},
    {"/api/v1/none", 404, kJson, "{\"status\":\"error\",\"errorType\":\"not_found\",\"error\":\"no such path\"}\n"},
    {"/api", 404, kJson, "\"status\":\"error\""},
    {"/", 200, kHtml, "<h1>2 alerts are firing, 1 is pending</h1>"},
    {"/ui/monitors/employment", 200, kHtml, "<h1 class=\"name\">employment"},
    {"/ui/monitors/none", 404, kText, "no such monitor\n"},
    {"/ui/monitors/employment/features/agep?segment=sex%3D1", 200, kHtml, "<h1 class=\"name\">agep"},
    {"/ui/monitors/employment/features/none", 404, kText, "no such feature and segment in a closed window\n"},
    {"/ui/monitors/employment/features/agep?at=2017-12-30T00:00:00Z", 200, kHtml, "(the last one)"},
    {"/ui/monitors/employment/features/agep?at=2017-12-23T00:00:00Z", 200, kHtml, "rel=\"next\""},
    {"/ui/monitors/employment/features/agep?at=2001-01-01T00:00:00Z", 404, kText, "no such window"},
    {"/ui/monitors/employment/features/agep?at=noon", 400, kText, "at must be a time"},
    {"/ui/monitors/employment/reference", 200, kHtml, "<h1>Reference <code>8c4c477b9e94</code></h1>"},
    {"/ui/monitors/none/reference", 404, kText, "no such monitor\n"},
    {"/ui/alerts", 200, kHtml, "<h1>Alerts</h1>"},
    {"/ui/status", 200, kHtml, "<h1>driftd is ready</h1>"},
    {"/ui/alerts/6e77b70df680e4e0", 200, kHtml, "relp in employment"},
    {"/ui/alerts/none", 404, kText, "no such alert"},
    {"/ui/none", 404, kText, "not found\n"},
    {"/none", 404, kText, "not found\n"},
    {"/metrics/", 404, kText, "not found\n"},
    {"//", 404, kText, "not found\n"},
    {"/../etc/passwd", 404, kText, "not found\n"},
};

}  // namespace

TEST_CASE("what each path answers") {
  for (const auto& row : kAnswers) {
    CAPTURE(row.target);
    const Response response = get(row.target);
    CHECK(response.status == row.status);
    CHECK(response.content_type == row.type);
    CHECK(response.cache_control == "no-store");
    CHECK(has(response.body, row.part));
  }
}

TEST_CASE("not ready and not healthy, with a reason a line") {
  DaemonStatus status;
  status.not_ready = {"restoring the snapshot", "no partition assigned"};
  status.stalled = {"shard 1 has not moved for 40 s"};
  CHECK(get("/-/ready", status).status == 503);
  CHECK(get("/readyz", status).body == "restoring the snapshot\nno partition assigned\n");
  CHECK(get("/-/healthy", status).status == 503);
  CHECK(get("/healthz", status).body == "shard 1 has not moved for 40 s\n");
}

TEST_CASE("before anything is published") {
  Routes routes = routes_over(nullptr);
  CHECK(get(routes, "/-/ready").status == 503);
  CHECK(get(routes, "/-/ready").body == "starting\n");
  CHECK(get(routes, "/-/healthy").status == 200);
  CHECK(has(get(routes, "/metrics").body, "\ndriftd_ready 0\n"));
  CHECK(get(routes, "/").status == 200);
}

TEST_CASE("the style and the modules may be kept for ever") {
  for (const Asset& asset : kPageAssets) {
    const Response response = get(asset_path(asset.name));
    CHECK(response.status == 200);
    CHECK(response.content_type == asset.content_type);
    CHECK(response.body == asset.body);
    CHECK(response.cache_control == "public, max-age=31536000, immutable");
  }
  CHECK(get("/ui/page-0/page.js").status == 404);
}

TEST_CASE("answers are counted by template, known methods and status") {
  Routes routes = routes_over(std::make_shared<const DaemonStatus>(test::make_status()));
  const HttpHandler handler = routes.handler();
  handler.answered("GET", get(routes, "/api/v1/monitors/employment"));
  handler.answered("GET", get(routes, "/api/v1/monitors/none"));
  Response refused;
  refused.status = 405;
  handler.answered("BREW", refused);
  handler.answered("EVIL-1", refused);
  const std::string metrics = get(routes, "/metrics").body;
  CHECK(has(metrics, "driftd_http_requests_total{route=\"/api/v1/monitors/{monitor}\",method=\"GET\",code=\"200\"} 1\n"));
  CHECK(has(metrics, "driftd_http_requests_total{route=\"/api/v1/monitors/{monitor}\",method=\"GET\",code=\"404\"} 1\n"));
  CHECK(has(metrics, "driftd_http_requests_total{route=\"\",method=\"other\",code=\"405\"} 2\n"));
}

TEST_CASE("what the server needs to know: paths without a login, and the form of an error") {
  Routes routes = routes_over(std::make_shared<const DaemonStatus>(test::make_status()));
  const HttpHandler handler = routes.handler();
  CHECK(handler.open_paths == std::vector<std::string_view>{"/-/healthy", "/healthz", "/-/ready", "/readyz"});
  const std::pair<int, const char*> types[] = {{400, "bad_data"},  {401, "unauthorized"}, {403, "forbidden"}, {405, "bad_data"},
                                               {408, "timeout"},   {413, "too_large"},    {414, "too_large"}, {421, "bad_data"},
                                               {431, "too_large"}, {503, "unavailable"}};
  for (const auto& [status, type] : types) {
    CHECK(handler.api_error(status, "why \"x\"") ==
          "{\"status\":\"error\",\"errorType\":\"" + std::string(type) + "\",\"error\":\"why \\\"x\\\"\"}\n");
  }
}

TEST_CASE("durations of answers are there by template") {
  Routes routes = routes_over(std::make_shared<const DaemonStatus>(test::make_status()));
  get(routes, "/api/v1/monitors/employment");
  get(routes, "/api/v1/monitors/none");
  CHECK(has(get(routes, "/metrics").body, "driftd_http_request_duration_seconds_count{route=\"/api/v1/monitors/{monitor}\"} 2\n"));
}

TEST_CASE("OpenMetrics for those who ask for it") {
  Routes routes = routes_over(std::make_shared<const DaemonStatus>(test::make_status()));
  const auto scrape = [&](const char* accept) { return routes.handle({"GET", {"metrics"}, {}, accept}); };
  const Response open = scrape("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5");
  CHECK(open.content_type == "application/openmetrics-text; version=1.0.0; charset=utf-8");
  CHECK(open.vary == "Accept");
  CHECK(open.body.ends_with("\n# EOF\n"));
  CHECK(has(open.body, "# {alert_id=\"6e77b70df680e4e0\"} 1 "));
  const Response text = scrape("text/plain;version=0.0.4");
  CHECK(text.content_type == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(text.vary == "Accept");
  CHECK_FALSE(has(text.body, "# EOF"));
  CHECK_FALSE(has(text.body, "alert_id"));
}

TEST_CASE("the cap on series counts over the scrapes of one daemon") {
  const auto status = std::make_shared<const DaemonStatus>(test::make_status());
  Routes routes({[status] { return status; }, [] { return test::kNow; }}, {.max_series = 50});
  CHECK_FALSE(has(get(routes, "/metrics").body, "driftd_drift_evaluable{"));
  const std::string second = get(routes, "/metrics").body;
  CHECK(has(second, "driftd_metric_series_dropped_total{family=\"driftd_drift_evaluable\"} 30\n"));
}

TEST_CASE("no two routes have one pattern") {
  const auto patterns = route_patterns();
  CHECK(std::set(patterns.begin(), patterns.end()).size() == patterns.size());
}

namespace {

// Routes over a monitor that has a history of ten windows.
class PastRoutes {
 public:
  explicit PastRoutes(bool enabled = true)
      : reader_(folder_.path("history.db")),
        routes_({.status = [this] { return status_; },
                 .wall_us = [] { return test::kNow; },
                 .history = [this, enabled] { return enabled ? &reader_ : nullptr; }},
                {.max_series = 10'000}) {
    auto store = HistoryStore::open(folder_.path("history.db"));
    REQUIRE(store);
    REQUIRE(store->write(closed_.windows()));
    auto monitor = std::make_shared<MonitorStatus>();
    monitor->name = "m";
    monitor->features.emplace_back().name = "amount";
    monitor->features.back().segment = "all";
    auto status = std::make_shared<DaemonStatus>();
    status->monitors = {monitor};
    status_ = std::move(status);
  }
  Response get(std::string_view target) { return ::get(routes_, target); }
  const test::ClosedWindows closed_;

 private:
  const TempFolder folder_;
  HistoryReader reader_;
  std::shared_ptr<const DaemonStatus> status_;
  Routes routes_;
};

}  // namespace

TEST_CASE("the past: a window of a feature, and the windows of a feature or a monitor") {
  PastRoutes past;
  const Judgement& third = *past.closed_.windows()[2].judgement;
  const std::string end = format_event_time(third.end_us), in_ms = std::to_string(third.end_us / 1000);
  const std::string feature = "/api/v1/monitors/m/features/amount/distribution?at=", history = "/api/v1/monitors/m/history?";
  const std::string window = "\"end\":\"" + end + "\"", later = "\"end\":\"" + format_event_time(third.end_us + 60'000'000) + "\"";
  struct Row {
    std::string target;
    int status;
    std::string part, not_part;
  };
  const Row rows[] = {
      {feature + end, 200, window, later},
      {feature + in_ms, 200, window, later},
      {feature + std::to_string(third.end_us / 1000 + 59'999), 200, window, later},
      {feature + end + "&segment=none", 404, "no window of this feature and segment", ""},
      {feature + "1", 404, "no window of this feature", ""},
      {feature + "yesterday", 400, "at must be a time: RFC 3339, or milliseconds since 1970", ""},
      {"/api/v1/monitors/x/features/amount/distribution?at=" + end, 404, "no such monitor", ""},
      {"/api/v1/monitors/m/features/amount/distribution", 200, "\"end\":null", ""},  // of the last window, which this status does not have
      {history + "feature=amount", 200, window, "\"performance\""},
      {history + "feature=amount&to=" + end, 200, window, later},
      {history + "feature=amount&from=" + in_ms + "&to=" + in_ms, 200, window, later},
      {history + "feature=amount&step=1h", 200, "\"step_seconds\":3600", ""},
      {history + "feature=amount&step=1", 400, "step must be a duration", ""},
      {history + "feature=amount&step=0s", 400, "step must be a duration", ""},
      {history + "feature=amount&from=2&to=1", 400, "from is later than to", ""},
      {history + "feature=amount&from=x", 400, "from must be a time", ""},
      {history + "feature=amount&from=2099-01-01T00:00:00Z", 200, "\"points\":[]", ""},
      {history + "feature=none", 404, "no such feature and segment", ""},
      {history + "feature=amount&segment=none", 404, "no such feature and segment", ""},
      {"/api/v1/monitors/m/history", 200, "\"features_judged\":3", "\"methods\""},
      {"/api/v1/monitors/m/history", 200, "\"transition\":\"firing\"", ""},
      {history + "to=" + end, 200, window, later},
      {"/api/v1/monitors/x/history", 404, "no such monitor", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.target);
    const Response response = past.get(row.target);
    CHECK(response.status == row.status);
    CHECK(response.content_type == kJson);
    CHECK(has(response.body, row.part));
    if (!row.not_part.empty()) CHECK_FALSE(has(response.body, row.not_part));
  }
  PastRoutes off(false);
  CHECK(has(off.get("/api/v1/monitors/m/history").body, "no history is kept: history.enabled is false"));
  CHECK(off.get(feature + end).status == 404);
}

TEST_CASE("what reads the disk answers later, and where too much waits it is told") {
  const Response asked = [&] {
    Routes routes = routes_over(std::make_shared<const DaemonStatus>(test::make_status()));
    auto target = parse_target("/api/v1/monitors/employment/history").value();
    return routes.handle({"GET", std::move(target.path), std::move(target.query)});
  }();
  CHECK(asked.later);
  CHECK(asked.status == 503);
  CHECK(has(asked.body, "\"errorType\":\"unavailable\""));
  CHECK(asked.route == "/api/v1/monitors/{monitor}/history");
}

namespace {

Response post(Routes& routes, std::string_view target) {
  auto parsed = parse_target(target).value();
  return routes.handle({"POST", std::move(parsed.path), std::move(parsed.query)});
}

// Routes over a daemon that answers each reload with this; null: another one is waiting.
struct LifecycleRoutes {
  std::shared_ptr<ReloadAnswer> answer = std::make_shared<ReloadAnswer>(1);
  bool quit = false;
  Routes routes{{.status = [] { return std::make_shared<const DaemonStatus>(test::make_status()); },
                 .wall_us = [] { return test::kNow; },
                 .ask_reload = [this] { return answer; },
                 .quit = [this] { quit = true; }},
                {}};
};

}  // namespace

TEST_CASE("what changes something is POST and only where it is allowed") {
  Routes closed = routes_over(std::make_shared<const DaemonStatus>(test::make_status()));
  for (const char* path : {"/-/reload", "/-/quit"}) {
    CAPTURE(path);
    const Response refused = post(closed, path);
    CHECK(refused.status == 403);
    CHECK(has(refused.body, "\"errorType\":\"forbidden\",\"error\":\"http.enable_lifecycle is false\""));
    CHECK(get(closed, path).status == 405);
    CHECK(get(closed, path).allow == "POST");
  }
  CHECK(post(closed, "/metrics").status == 405);
  CHECK(post(closed, "/metrics").allow == "GET, HEAD");
  CHECK(post(closed, "/metrics").route == "/metrics");
  LifecycleRoutes open;
  CHECK(post(open.routes, "/-/quit").status == 200);
  CHECK(open.quit);
}

TEST_CASE("a reload answers when it is made: what became of the monitors, or every problem") {
  LifecycleRoutes open;
  ReloadStatus told;
  told.kept = {"a", "b"};
  told.removed = {"c"};
  REQUIRE(open.answer->try_push(told));
  const Response taken = post(open.routes, "/-/reload").later();
  CHECK(taken.status == 200);
  CHECK(taken.body ==
        "{\"status\":\"success\",\"data\":{\"kept\":[\"a\",\"b\"],\"reset\":[],\"added\":[],\"removed\":[\"c\"]},\"warnings\":[]}\n");
  told.problems = {{"driftd.yaml", 7, 14, "no"}};
  REQUIRE(open.answer->try_push(told));
  const Response refused = post(open.routes, "/-/reload").later();
  CHECK(refused.status == 400);
  CHECK(refused.body ==
        "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"1 problem; the configuration in force stays\",\"problems\":[{"
        "\"source\":\"driftd.yaml\",\"line\":7,\"column\":14,\"message\":\"no\"}]}\n");
}

TEST_CASE("a reload while another one waits is a conflict, and one that the end of the daemon overtakes is told") {
  LifecycleRoutes open;
  open.answer->close();
  CHECK(post(open.routes, "/-/reload").later().status == 503);
  open.answer = nullptr;
  CHECK(post(open.routes, "/-/reload").status == 409);
}

TEST_CASE("settings that a reload changed hold from the next request on") {
  auto settings = std::make_shared<const RouteSettings>(RouteSettings{"a: 1\n", {.max_series = 100}});
  Routes routes({.status = [] { return std::make_shared<const DaemonStatus>(test::make_status()); },
                 .wall_us = [] { return test::kNow; },
                 .settings = [&] { return settings; }},
                {.max_series = 100});
  CHECK(has(get(routes, "/api/v1/status/config").body, "\"yaml\":\"a: 1\\n\""));
  const auto lines = [&] { return std::ranges::count(get(routes, "/metrics").body, '\n'); };
  const auto before = lines();
  settings = std::make_shared<const RouteSettings>(RouteSettings{"a: 2\n", {.max_series = 10'000}});
  CHECK(has(get(routes, "/api/v1/status/config").body, "\"yaml\":\"a: 2\\n\""));
  CHECK(lines() > before);
}

TEST_CASE("an alert has its timeline, also when only the history knows it") {
  PastRoutes past;
  const auto opened = std::ranges::find_if(past.closed_.windows(), [](const HistoryWindow& window) { return !window.transitions.empty(); });
  REQUIRE(opened != past.closed_.windows().end());
  const AlertTransition& to = opened->transitions.front();
  const Response found = past.get("/api/v1/alerts/" + to.alert_id);
  CHECK(found.status == 200);
  const std::string opened_at = format_event_time(opened->judgement->end_us);
  CHECK(has(found.body, "{\"alert_id\":\"" + to.alert_id + "\",\"monitor\":\"m\",\"kind\":\"" + std::string(kind_name(to.kind)) + "\""));
  CHECK(has(found.body, "\"opened\":\"" + opened_at + "\""));
  CHECK(has(found.body, "\"timeline\":[{\"event_id\":\"" + to.event_id + "\",\"transition\":\"firing\""));
  CHECK(has(found.body, to.event));
  CHECK(past.get("/api/v1/alerts/none").status == 404);
}

TEST_CASE("the page of a feature shows a window that is over") {
  PastRoutes past;
  const Judgement& third = *past.closed_.windows()[2].judgement;
  const std::string at = "/ui/monitors/m/features/amount?at=";
  const Response found = past.get(at + format_event_time(third.end_us));
  CHECK(found.status == 200);
  CHECK(found.content_type == kHtml);
  CHECK(has(found.body, "What each cell adds"));
  CHECK(has(found.body, "rel=\"prev\" href=\"/ui/monitors/m/features/amount?at="));
  CHECK(has(found.body, "rel=\"next\""));
  CHECK(past.get(at + "1").status == 404);
  CHECK(past.get(at + "noon").status == 400);
}

TEST_CASE("the page of an alert that only the history knows") {
  PastRoutes past;
  const auto opened = std::ranges::find_if(past.closed_.windows(), [](const HistoryWindow& window) { return !window.transitions.empty(); });
  REQUIRE(opened != past.closed_.windows().end());
  const AlertTransition& to = opened->transitions.front();
  const Response found = past.get("/ui/alerts/" + to.alert_id);
  CHECK(found.status == 200);
  CHECK(has(found.body, "Is it real?"));
  CHECK(has(found.body, "<b>Firing</b>"));
}

TEST_CASE("a follower goes on where it was, begins now, or is told to load everything anew") {
  Routes routes = routes_over(std::make_shared<const DaemonStatus>(test::make_status()));
  const auto stream_after = [&](std::string last_event_id, std::string_view query) {
    auto target = parse_target("/api/v1/events" + std::string(query)).value();
    Request request{"GET", std::move(target.path), std::move(target.query)};
    request.last_event_id = std::move(last_event_id);
    const Response response = routes.handle(request);
    CHECK(response.status == 503);  // what is answered where there is no room
    REQUIRE(response.stream);
    return *response.stream;
  };
  CHECK(stream_after("", "").first == "retry: 2000\nid: run-3\nevent: start\ndata: {}\n\n");
  CHECK(stream_after("", "").place == 3);
  CHECK(stream_after("run-2", "").first == "retry: 2000\n\n");
  CHECK(stream_after("run-2", "").place == 2);
  CHECK(stream_after("", "?after=run-1").place == 1);
  for (const char* gone : {"run-0", "run-4", "other-2", "nonsense"}) {
    CAPTURE(gone);
    CHECK(stream_after(gone, "").first == "retry: 2000\nid: run-3\nevent: reset\ndata: {}\n\n");
    CHECK(stream_after(gone, "").place == 3);
  }
}

TEST_CASE("every route is in the OpenAPI document, with a summary and keys of its query that are known") {
  const std::string document = get("/openapi.json").body;
  for (const std::string_view pattern : route_patterns()) {
    CAPTURE(std::string(pattern));
    const std::string method = pattern == "/-/reload" || pattern == "/-/quit" ? "post" : "get";
    const std::string start = "    \"" + std::string(pattern) + "\": {\n      \"" + method + "\": {\n        \"summary\": \"";
    const std::size_t at = document.find(start);
    REQUIRE(at != std::string::npos);
    CHECK(document[at + start.size()] != '"');
  }
}
