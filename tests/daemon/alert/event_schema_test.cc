#include "daemon/alert/event_schema.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "daemon/alert/alert_end.h"
#include "daemon/alert/alert_event.h"
#include "tests/daemon/alert/json_paths.h"
#include "tests/daemon/alert/sample.h"

namespace driftd {
namespace {

std::string event(const Measure& measure, bool everything) {
  auto plan = sample::plan();
  if (everything) plan.links = {"https://driftd.example", "https://grafana.example", ""};
  Verdict verdict = sample::verdict();
  verdict.drift = {measure};
  verdict.cells = {{"(80, 120]", 100, 240, 0.1226}};
  auto window = sample::window({verdict});
  if (everything) window.offsets.resize(5000, {{"fraud.predictions", 0}, 118'200, 126'611});
  LifeChange change;
  change.alert.policy = measure.policy;
  change.alert.method = measure.method;
  return alert_transition(change, {plan, window, {&window.verdicts[0], Kind::kDrift}}).event;
}

std::vector<std::string> events() {
  std::vector<std::string> events;
  for (const auto policy : {Policy::kLevel, Policy::kFixed, Policy::kSequential}) {
    Measure measure = sample::crossed("psi", policy, 0.2);
    events.push_back(event(measure, false));
    measure.score.log_p = -2000;
    events.push_back(event(measure, true));
  }
  OpenAlert open;
  open.firing = true;
  open.event = events.front();
  events.push_back(end_alert(open, EndReason::kRemoved, sample::kStart)->status.event_json);
  return events;
}

}  // namespace

TEST_CASE("every key of an event is in the schema, and every key that is promised is in every event") {
  std::set<std::string> known, seen;
  for (const auto& field : event_fields()) known.emplace(field.path);
  for (const auto& text : events()) {
    const auto paths = JsonPaths(text).paths;
    for (const auto& path : paths) {
      CAPTURE(path);
      CHECK((known.contains(path) || path == "data.effects.psi"));
    }
    for (const auto& field : event_fields()) {
      CAPTURE(field.path);
      if (field.always) CHECK(paths.contains(std::string(field.path)));
    }
    seen.insert(paths.begin(), paths.end());
  }
  for (const auto& path : known) {
    CAPTURE(path);
    CHECK(seen.contains(path));  // a key that no event has is no part of the contract
  }
}

TEST_CASE("the table is sorted and every field has its help") {
  const auto fields = event_fields();
  CHECK(std::ranges::is_sorted(fields, {}, &EventField::path));
  for (const auto& field : fields) CHECK_FALSE(field.help.empty());
}

TEST_CASE("the schema's own text") {
  const auto schema = event_schema();
  CHECK(schema.starts_with("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"title\": \"driftd alert event\""));
  CHECK(schema.ends_with("}\n"));
  const auto paths = JsonPaths([&] {
                       std::string one_line = schema;
                       std::erase_if(one_line, [](char c) { return c == '\n' || c == ' '; });
                       return one_line;
                     }())
                         .paths;
  for (const auto* path : {"properties.data.properties.window.properties.offsets.items.properties.from.type",
                           "properties.data.properties.effects.additionalProperties.type", "properties.type.pattern",
                           "properties.data.properties.policy.properties.type.enum", "properties.data.required"}) {
    CAPTURE(path);
    CHECK(paths.contains(path));
  }
}

}  // namespace driftd
