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
  CHECK(error_json("bad_data", "a \"b\"") == R"({"status":"error","errorType":"bad_data","error":"a \"b\""})"
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
  CHECK(has(text, R"({"label":"(-inf, 22]","reference":6879,"current":26,"reference_ratio":)"));
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
  CHECK(has(alert_json(monitor, monitor.alerts[0]), R"("event":{"specversion":"1.0",)"));
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
