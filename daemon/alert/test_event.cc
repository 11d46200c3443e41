#include "daemon/alert/test_event.h"

#include <fmt/format.h>

#include "daemon/alert/alert_ids.h"
#include "daemon/alert/links.h"
#include "daemon/runtime/event_time.h"
#include "daemon/runtime/json_writer.h"
#include "daemon/runtime/version.h"

namespace driftd {
namespace {

constexpr std::string_view kName = "test";

}  // namespace

TestEvent make_test_event(const TestEventOptions& options) {
  const std::string time = format_event_time(options.now_us);
  const std::string fingerprint = window_id(kName, 0, 0);
  const std::string alert = alert_id(fingerprint, options.now_us), id = event_id(alert, kName, options.now_us);
  const bool critical = options.severity == "critical";
  JsonWriter json;
  json.begin_object().key("data").begin_object().field("alert_id", alert);
  json.key("feature").begin_object().field("name", kName).field("type", "numeric").end_object();
  json.field("fingerprint", fingerprint).field("kind", kName);
  if (const std::string page = link(options.external_url, "/"); !page.empty())
    json.key("links").begin_object().field("page", page).end_object();
  json.field("monitor", options.monitor).field("n", 0).key("p_value").null().field("previous_state", "inactive");
  json.key("provenance")
      .begin_object()
      .field("config_hash", options.config_hash)
      .field("detector", kName)
      .field("driftd", version())
      .end_object();
  json.field("segment", "all").field("severity", options.severity).field("state", "firing").key("statistic").null();
  json.field("summary", "this is a test: nothing drifted, and alerts of driftd arrive here").key("threshold").null();
  json.key("window").begin_object().field("end", time).key("offsets").begin_array().end_array().field("start", time).end_object();
  json.end_object().field("datacontenttype", "application/json").field("id", id).field("partitionkey", options.monitor);
  json.field("severitynumber", critical ? 17 : 13).field("severitytext", critical ? "ERROR" : "WARN").field("source", "/driftd/driftd");
  json.field("specversion", "1.0").field("subject", fmt::format("monitors/{}/features/test/segments/all", options.monitor));
  return {id, json.field("time", time).field("type", "dev.driftd.alert.test.v1").end_object().take()};
}

}  // namespace driftd
