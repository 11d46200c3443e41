#include "daemon/alert/alert_end.h"

#include <doctest/doctest.h>

#include "daemon/alert/alert_ids.h"
#include "daemon/alert/event_schema.h"
#include "daemon/alert/monitor_alerts.h"
#include "daemon/decode/json_tree.h"
#include "tests/daemon/alert/sample.h"

namespace driftd {
namespace {

constexpr std::int64_t kLastEnd = sample::kStart + 9 * sample::kWindow;

// A monitor of which amount fires, and relp waits for a second window over its fixed limit.
MonitorAlerts firing_alerts() {
  MonitorAlerts alerts(sample::plan());
  Verdict amount = sample::verdict(0, 1), relp = sample::verdict(1);
  amount.drift = {sample::seen('!', "psi", Policy::kLevel)};
  relp.drift = {sample::seen('A', "psi", Policy::kFixed)};
  REQUIRE(alerts.step(sample::window({relp, amount})).size() == 2);
  return alerts;
}

std::string saved(const MonitorAlerts& alerts) {
  std::string bytes;
  alerts.save(bytes);
  return bytes;
}

std::string text_at(const JsonTree& event, std::string_view path) { return *event.find(path)->text(); }

}  // namespace

TEST_CASE("what fires ends with a resolved event that says why; what nobody was told of ends silently") {
  const auto ended = end_saved_alerts(saved(firing_alerts()), EndReason::kRemoved, kLastEnd);
  REQUIRE(ended);
  REQUIRE(ended->size() == 1);
  const AlertStatus& alert = ended->front().status;
  CHECK(ended->front().monitor == "fraud");
  CHECK(alert.state == AlertState::kResolved);
  CHECK(alert.resolved_us == kLastEnd);
  CHECK(alert.severity == "critical");
  CHECK(alert.summary == "amount in country=DE: ended, because monitor fraud was taken out of the configuration");
  const JsonTree event = parse_json(alert.event_json).value();
  CHECK(text_at(event, "type") == "dev.driftd.drift.resolved.v1");
  CHECK(text_at(event, "time") == "2026-03-01T10:45:00Z");
  CHECK(text_at(event, "id") == event_id(alert.alert_id, "resolved", kLastEnd));
  CHECK(text_at(event, "data.reason") == "monitor_removed");
  CHECK(text_at(event, "data.state") == "resolved");
  CHECK(text_at(event, "data.previous_state") == "firing");
  CHECK(text_at(event, "data.summary") == alert.summary);
  CHECK(text_at(event, "severitytext") == "INFO");
  CHECK(event.find("severitynumber")->number() == 9);
}

TEST_CASE("the event is the last one but for what ended it: same identity, keys sorted, the same bytes each time") {
  MonitorAlerts alerts = firing_alerts();
  const std::vector<AlertStatus> open = alerts.status();
  const auto firing = std::ranges::find(open, AlertState::kFiring, &AlertStatus::state);
  const JsonTree before = parse_json(firing->event_json).value();
  const auto ended = end_saved_alerts(saved(alerts), EndReason::kChanged, kLastEnd);
  const std::string& text = ended->front().status.event_json;
  const JsonTree after = parse_json(text).value();
  for (const char* same : {"data.alert_id", "data.fingerprint", "data.kind", "data.monitor", "data.segment", "data.severity", "subject",
                           "partitionkey", "source", "data.provenance.config_hash"}) {
    CAPTURE(same);
    CHECK(text_at(after, same) == text_at(before, same));
  }
  CHECK(text_at(after, "data.reason") == "monitor_changed");
  CHECK(std::ranges::is_sorted(*after.find("data")->object(), {}, &JsonMember::key));
  CHECK(text == end_saved_alerts(saved(alerts), EndReason::kChanged, kLastEnd)->front().status.event_json);
}

TEST_CASE("the schema knows the reasons") {
  const auto fields = event_fields();
  const auto reason = std::ranges::find(fields, "data.reason", &EventField::path);
  REQUIRE(reason != fields.end());
  CHECK(reason->choices == std::string(end_reason_name(EndReason::kRemoved)) + "|" + std::string(end_reason_name(EndReason::kChanged)));
}

TEST_CASE("a monitor that begins anew keeps its counters and what was resolved, and nothing that is open") {
  MonitorAlerts old = firing_alerts();
  const auto ended = end_saved_alerts(saved(old), EndReason::kChanged, kLastEnd);
  MonitorAlerts anew(sample::plan());
  REQUIRE(anew.load_past(saved(old), *ended));
  CHECK(anew.state(0, 1) == AlertState::kInactive);
  CHECK(anew.state(1, 0) == AlertState::kInactive);
  REQUIRE(anew.status().size() == 1);
  CHECK(anew.status()[0].alert_id == ended->front().status.alert_id);
  auto counts = old.transitions();
  ++counts[{"critical", "resolved"}];
  CHECK(anew.transitions() == counts);
}

TEST_CASE("damaged bytes end nothing") {
  const std::string bytes = saved(firing_alerts());
  MonitorAlerts anew(sample::plan());
  const std::string fresh = saved(anew);
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    CAPTURE(size);
    CHECK_FALSE(anew.load_past(std::string_view(bytes).substr(0, size), {}));
  }
  CHECK(saved(anew) == fresh);
  CHECK_FALSE(end_saved_alerts("", EndReason::kRemoved, kLastEnd));
  OpenAlert open;
  open.firing = true;
  for (const char* event : {"", "{", "[]", "{}", R"({"data":{"monitor":"m","kind":"drift","segment":"all"}})"}) {
    CAPTURE(event);
    open.event = event;
    CHECK_FALSE(end_alert(open, EndReason::kRemoved, kLastEnd));
  }
}

}  // namespace driftd
