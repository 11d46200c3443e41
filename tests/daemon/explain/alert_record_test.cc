#include "daemon/explain/alert_record.h"

#include <cmath>

#include "daemon/alert/event_schema.h"
#include "tests/daemon/explain/alert_events.h"

using namespace driftd;
using namespace driftd::test;

namespace {

std::string error_of(const JsonTree& event) {
  const auto record = read_alert_event(text_of(event));
  return record ? "" : record.error();
}

// The event without the last key of the path.
JsonTree without(JsonTree event, std::string_view path) {
  const std::size_t dot = path.rfind('.');
  const auto* parent = dot == std::string_view::npos ? &event : event.find(path.substr(0, dot));
  auto& members = std::get<JsonTree::Object>(const_cast<JsonTree*>(parent)->value);
  std::erase_if(members, [&](const JsonMember& member) { return member.key == path.substr(dot + 1); });
  return event;
}

}  // namespace

TEST_CASE("an event reads back as what was sent") {
  const AlertRecord record = record_of(golden_event("one_file", "drift", "amount"));
  CHECK(record.alert_id == "445341e2d6e3a930");
  CHECK(record.state == "firing");
  CHECK(record.previous_state == "inactive");
  CHECK(record.severity == "critical");
  CHECK(record.feature_type == "numeric");
  CHECK(record.detector == "psi");
  CHECK(record.rows == 297);
  CHECK(record.statistic == 0.6111585078667752);
  CHECK(record.effects.at("psi") == 0.5748554775637449);
  CHECK(record.policy.type == "level");
  CHECK(record.policy.false_alarms == "1 per 1d");
  CHECK(std::isnan(record.threshold));
  CHECK(std::isnan(record.log_p));
  CHECK(record.model_version == "");
  CHECK(record.window.start == "2023-11-14T22:18:00Z");
  CHECK(record.window.samples == 297);
  REQUIRE(record.window.offsets.size() == 1);
  CHECK(record.window.offsets[0].from == 1207);
  CHECK(record.window.offsets[0].to == 1506);
  CHECK(record.reference.samples == 1500);
  REQUIRE(record.top_bins.size() == 5);
  CHECK(record.top_bins[0].label == "> 115.14");
  CHECK(record.top_bins[0].current == 0.3265993265993266);
}

TEST_CASE("every field that the contract promises is asked for by name") {
  const JsonTree good = golden_event("one_file", "drift", "amount");
  REQUIRE(error_of(good) == "");
  std::size_t asked = 0;
  for (const EventField& field : event_fields()) {
    const std::string path(field.path);
    if (!field.always || path.contains("[]") || path == "type" || path == "data" || path == "data.alert_id") continue;
    CAPTURE(path);
    CHECK(error_of(without(good, path)) == path + " is missing");
    JsonTree wrong = good;
    REQUIRE(wrong.set(path, {JsonTree::Array{{true}}}));
    if (field.type != "array") CHECK(error_of(wrong) == path + " is not of type " + std::string(field.type));
    ++asked;
  }
  CHECK(asked > 30);
}

TEST_CASE("what is no event of ours, or a torn one, is refused with its reason") {
  JsonTree bins = golden_event("one_file", "drift", "amount");
  REQUIRE(bins.set("data.top_bins", {JsonTree::Array{{JsonTree::Object{}}}}));
  CHECK(error_of(bins) == "data.top_bins[0].contribution is missing");
  CHECK(error_of({JsonTree::Array{}}) == "not a JSON object");
  CHECK(error_of(*parse_json(R"({"type":"com.example.order.v1","data":{}})")) == "not an alert event of driftd");
  CHECK(error_of(*parse_json(R"({"type":"dev.driftd.window.closed.v1","data":{}})")) == "not an alert event of driftd");
  CHECK(read_alert_event("{").error().starts_with("not JSON: "));
}

TEST_CASE("a file of events: one over several lines, or one a line with closed windows and repeats among them") {
  const std::string one = text_of(golden_event("one_file", "drift", "amount"));
  const std::string other = text_of(golden_event("one_file", "quality", "country"));
  const std::string window = R"({"type":"dev.driftd.window.closed.v1"})";
  CHECK(read_alert_events("\n" + one.substr(0, 1) + "\n" + one.substr(1))->size() == 1);
  const auto records = read_alert_events(one + "\r\n\n" + window + "\n" + one + "\n" + other);
  REQUIRE(records.has_value());
  REQUIRE(records->size() == 2);
  CHECK((*records)[1].kind == "quality");
  CHECK(read_alert_events("")->empty());
  CHECK(read_alert_events(one + "\n\n{}\n").error() == "line 3: not an alert event of driftd");
}
