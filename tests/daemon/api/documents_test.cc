#include "daemon/api/documents.h"

#include <doctest/doctest.h>

#include "tests/daemon/status_fixture.h"

using namespace driftd;

namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("whole documents") {
  DaemonStatus status = test::make_status();
  CHECK(buildinfo_json(status) ==
        R"({"status":"success","data":{"version":"0.1.0","revision":"a41c09be7733","config_hash":"a41c09be7733"},"warnings":[]})"
        "\n");
  CHECK(monitors_json({}, {}) == R"({"status":"success","data":[],"next":null,"warnings":[]})"
                                 "\n");
  status.partitions.resize(1);
  CHECK(
      streams_json(status) ==
      R"({"status":"success","data":{"streams":[{"name":"census","watermark":"2017-12-30T00:00:00Z","partitions":[{"topic":"census.rows",)"
      R"("partition":0,"next_offset":46118,"end_offset":46118,"lag_records":0,"watermark":"2017-12-30T00:00:00Z","idle":false,)"
      R"("paused":false,"records":46118,"bytes":30022818,"rows":46115,"late":1,"duplicates":0,"lost":0,"skipped":0,"rejected":)"
      R"({"tombstone":0,"too_large":0,"bad_json":2,"not_object":0,"missing_time":0,"bad_time":0,"future_time":0,"bad_csv":0,"bad_frame":0,"bad_schema":0,"bad_avro":0,"bad_protobuf":0}}]}]},"warnings":[]})"
      "\n");
}

TEST_CASE("a monitor, and what is not known is null") {
  const std::string known = monitor_json(test::census_monitor());
  for (
      const char* part :
      {R"("name":"employment","stream":"census","alerts_firing":2,"alerts_pending":1,"drift_threshold_ratio":11.4,"features":9)",
       R"("window":{"start":"2017-12-23T00:00:00Z","end":"2017-12-30T00:00:00Z","interval_seconds":604800,"advance_seconds":null,"rows":0,"minimum_samples":500,"closed":104,"samples":{"all":1318,"sex=1":640}})",
       R"("reference":{"id":"8c4c477b9e94","samples":68785,"created":"2016-01-01T00:00:00Z"})",
       R"({"end":"2017-12-30T00:00:00Z","samples":1322}])"}) {
    CAPTURE(part);
    CHECK(has(known, part));
  }
  const std::string fresh = monitor_json(test::collecting_monitor());
  CHECK(has(fresh, R"("drift_threshold_ratio":null)"));
  CHECK(has(fresh, R"("false_alarm_interval_seconds":null,"last_evaluation":null)"));
  CHECK(has(fresh, R"("created":null)"));
}

TEST_CASE("features: all or of a segment, as they are or the worst first") {
  MonitorStatus monitor = test::census_monitor();
  std::swap(monitor.features[0], monitor.features[5]);
  CHECK(has(features_json(monitor, "", false, {}), R"("data":[{"name":"sex","segment":"all")"));
  const std::string sorted = features_json(monitor, "", true, {});
  CHECK(has(
      sorted,
      R"("data":[{"name":"relp","segment":"all","kind":"drift","type":"categorical","status":"ok","drift_threshold_ratio":11.4,"alert":"firing")"));
  const std::string men = features_json(monitor, "sex=1", false, {});
  CHECK(has(men, R"("data":[{"name":"agep","segment":"sex=1")"));
  CHECK_FALSE(has(men, "relp"));
  monitor.features[3].ratio = kNoNumber;
  const std::string none_last = features_json(monitor, "", true, {});
  CHECK(none_last.find(R"("name":"mar")") > none_last.find(R"("name":"error")"));
}

TEST_CASE("a distribution has both counts, both shares and what each cell adds") {
  const MonitorStatus monitor = test::census_monitor();
  const std::string text = distribution_json(monitor, monitor.features[1]);
  CHECK(has(text, R"("monitor":"employment","feature":"agep","segment":"all","status":"ok","samples":1318,"reference_samples":68785)"));
  CHECK(has(text, R"({"label":"(-inf, 22]","lower":null,"upper":22,"reference":6879,"current":26,"reference_ratio":)"));
  FeatureStatus numbers = monitor.features[1];
  numbers.cells = {
      {"\xe2\x89\xa4 -1.5", 1, 1, 0}, {"(-1.5, 1e3]", 1, 1, 0}, {"> 1000", 1, 1, 0}, {"7", 1, 1, 0}, {"other", 1, 1, 0}, {"(a]", 1, 1, 0}};
  numbers.methods = {{"psi", Status::kOk, 0.25}};
  const std::string cells = distribution_json(monitor, numbers);
  for (const char* part : {R"("psi":0.25,"cells":[)", R"("lower":null,"upper":-1.5,)", R"("lower":-1.5,"upper":1000,)",
                           R"("lower":1000,"upper":null,)", R"({"label":"7","lower":7,"upper":7,)",
                           R"({"label":"other","lower":null,"upper":null,)", R"({"label":"(a]","lower":null,"upper":null,)"}) {
    CAPTURE(part);
    CHECK(has(cells, part));
  }
  numbers.numeric = false;
  CHECK(has(distribution_json(monitor, numbers), R"({"label":"7","lower":null,"upper":null,)"));
}

TEST_CASE("alerts by state and monitor") {
  const DaemonStatus status = test::make_status();
  const std::string firing = alerts_json(status, "firing", "", {});
  CHECK(
      has(firing,
          R"({"alert_id":"6e77b70df680e4e0","monitor":"employment","kind":"drift","feature":"relp","segment":"all","severity":"critical",)"
          R"("state":"firing","since":"2017-12-09T00:00:00Z","opened":"2017-12-16T00:00:00Z","resolved":null,"summary":"relp: )"));
  CHECK_FALSE(has(firing, R"("state":"pending")"));
  CHECK(has(alerts_json(status, "resolved", "employment", {}), R"("resolved":"2017-12-23T00:00:00Z")"));
  CHECK(alerts_json(status, "", "basket", {}) == monitors_json({}, {}));
  const MonitorStatus monitor = test::census_monitor();
  CHECK(has(alert_json(monitor, monitor.alerts[0], {}), R"("event":{"specversion":"1.0",)"));
  CHECK(has(alert_json(monitor, monitor.alerts[0], {}), R"("timeline":[]})"));
}

TEST_CASE("a list is cut at its limit and says where it goes on") {
  const MonitorStatus monitor = test::census_monitor();
  CHECK(has(features_json(monitor, "", false, {0, 2}), R"(],"next":"2","warnings":[]})"));
  CHECK(has(features_json(monitor, "", false, {8, 2}), R"(],"next":null,"warnings":[]})"));
  CHECK(has(features_json(monitor, "", false, {99, 2}), R"("data":[],"next":null)"));
  CHECK(has(features_json(monitor, "", false, {8, 1}), R"("data":[{"name":"agep","segment":"sex=1")"));
}

TEST_CASE("names from outside stay inside their strings") {
  MonitorStatus monitor = test::census_monitor();
  monitor.name = "a\"b\n\xff";
  CHECK(has(monitor_json(monitor), "\"name\":\"a\\\"b\\n\xef\xbf\xbd\""));
}

TEST_CASE("the why-record of an alert has its timeline; one that only the history knows is told from it") {
  PastTransition opened{"e1", "a1", "m", "x", "all", "drift", "warning", "firing", {0, 60'000'000, true}, "x: more", R"({"n":1})"};
  PastTransition worse = opened, over = opened;
  worse.event_id = "e2";
  worse.severity = over.severity = "critical";
  worse.transition = "updated";
  worse.window = {60'000'000, 120'000'000, true};
  const std::string open = past_alert_json({opened, worse});
  CHECK(has(open, R"({"alert_id":"a1","monitor":"m","kind":"drift","feature":"x","segment":"all","severity":"critical","state":"firing",)"
                  R"("since":"1970-01-01T00:00:00Z","opened":"1970-01-01T00:01:00Z","resolved":null,"summary":"x: more","event":{"n":1},)"
                  R"("timeline":[{"event_id":"e1","transition":"firing","severity":"warning","window_start":"1970-01-01T00:00:00Z",)"
                  R"("window_end":"1970-01-01T00:01:00Z","summary":"x: more","event":{"n":1}},{"event_id":"e2","transition":"updated")"));
  over.transition = "resolved";
  over.window.end_us = 300'000'000;
  CHECK(has(past_alert_json({opened, worse, over}), R"("state":"resolved","since":"1970-01-01T00:00:00Z","opened":"1970-01-01T00:01:00Z",)"
                                                    R"("resolved":"1970-01-01T00:05:00Z")"));
  opened.transition = "pending";
  CHECK(has(past_alert_json({opened}), R"("state":"pending")"));
}

TEST_CASE("the configuration and the process") {
  DaemonStatus status = test::make_status();
  CHECK(config_json(status, "a: b\n") ==
        "{\"status\":\"success\",\"data\":{\"yaml\":\"a: b\\n\",\"config_hash\":\"a41c09be7733\",\"taken\":\"2026-09-21T14:03:20Z\","
        "\"last_reload\":null},\"warnings\":[]}\n");
  status.reload = std::make_shared<const ReloadStatus>(
      ReloadStatus{"signal", 3'000'000, {{"driftd.yaml", 7, 14, "no"}}, {"kept"}, {"reset"}, {"added"}, {"removed"}});
  CHECK(has(config_json(status, ""),
            R"("last_reload":{"time":"1970-01-01T00:00:03Z","asked_by":"signal","successful":false,"kept":["kept"],"reset":["reset"],)"
            R"("added":["added"],"removed":["removed"],"problems":[{"source":"driftd.yaml","line":7,"column":14,"message":"no"}]}})"));
  status.history = {true, 4096, 7, 2, true};
  status.not_ready = {"kafka: no broker"};
  status.ready = false;
  const std::string text = runtime_json(status, {1.5, 2.25, 1024, 17, kNoNumber, 3'000'000});
  CHECK(has(text, R"({"now":"1970-01-01T00:00:03Z","started":"1970-01-01T00:00:01.5Z","ready":false,"not_ready":["kafka: no broker"],)"
                  R"("stalled":[],"cpu_seconds":2.25,"resident_memory_bytes":1024,"open_files":17,"most_open_files":null,"snapshot":{)"));
  CHECK(has(text, R"("size_bytes":183402,"written":412,"failures":0})"));
  CHECK(has(text, R"("history":{"enabled":true,"size_bytes":4096,"windows":7,"dropped":2,"failing":true})"));
  CHECK(has(text, R"({"name":"kafka","delivered":7,"retried":1,"failed":0,"waiting":2})"));
  CHECK(has(text, R"("kafka_errors":{"_TRANSPORT":3},"log_messages":{"info":61,"warn":2}})"));
  CHECK(has(runtime_json({}, {}), R"({"now":null,"started":null,"ready":false)"));
}
