#include "daemon/routes.h"

#include <doctest/doctest.h>

#include <set>

#include "daemon/http/target.h"
#include "daemon/page/layout.h"
#include "tests/daemon/status_fixture.h"

using namespace driftd;

namespace {

Routes routes_over(std::shared_ptr<const DaemonStatus> status) {
  return Routes({[status] { return status; }, [] { return test::kNow; }}, {.max_series = 10'000});
}

Response get(Routes& routes, std::string_view target) {
  auto parsed = parse_target(target).value();
  return routes.handle({"GET", std::move(parsed.path), std::move(parsed.query)});
}

Response get(std::string_view target, DaemonStatus status = test::make_status()) {
  Routes routes = routes_over(std::make_shared<const DaemonStatus>(std::move(status)));
  return get(routes, target);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

constexpr char kJson[] = "application/json", kHtml[] = "text/html; charset=utf-8", kText[] = "text/plain; charset=utf-8";

}  // namespace

TEST_CASE("what each path answers") {
  struct Row {
    const char* target;
    int status;
    const char *type, *part;
  };
  const Row rows[] = {
      {"/metrics", 200, "text/plain; version=0.0.4; charset=utf-8", "\ndriftd_ready 1\n"},
      {"/-/healthy", 200, kText, "healthy\n"},
      {"/healthz", 200, kText, "healthy\n"},
      {"/-/ready", 200, kText, "ready\n"},
      {"/readyz", 200, kText, "ready\n"},
      {"/api/v1/status/buildinfo", 200, kJson, "\"version\":\"0.1.0\""},
      {"/api/v1/status/streams", 200, kJson, "\"name\":\"census\""},
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
      {"/api/v1/alerts/none", 404, kJson, "\"errorType\":\"not_found\""},
      {"/api/v1/none", 404, kJson, "{\"status\":\"error\",\"errorType\":\"not_found\",\"error\":\"no such path\"}\n"},
      {"/api", 404, kJson, "\"status\":\"error\""},
      {"/", 200, kHtml, "<h1>2 alerts are firing, 1 is pending</h1>"},
      {"/ui/monitors/employment", 200, kHtml, "<h1 class=\"name\">employment"},
      {"/ui/monitors/none", 404, kText, "no such monitor\n"},
      {"/ui/monitors/employment/features/agep?segment=sex%3D1", 200, kHtml, "<h1 class=\"name\">agep"},
      {"/ui/monitors/employment/features/none", 404, kText, "no such feature and segment in a closed window\n"},
      {"/ui/alerts/6e77b70df680e4e0", 200, kHtml, "relp in employment"},
      {"/ui/alerts/none", 404, kText, "no such alert"},
      {"/ui/none", 404, kText, "not found\n"},
      {"/none", 404, kText, "not found\n"},
      {"/metrics/", 404, kText, "not found\n"},
      {"//", 404, kText, "not found\n"},
      {"/../etc/passwd", 404, kText, "not found\n"},
  };
  for (const auto& row : rows) {
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

TEST_CASE("the style and the script may be kept for ever") {
  for (const Asset* asset : {&page_style(), &page_script()}) {
    const Response response = get(asset->path);
    CHECK(response.status == 200);
    CHECK(response.content_type == asset->content_type);
    CHECK(response.body == asset->body);
    CHECK(response.cache_control == "public, max-age=31536000, immutable");
  }
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
