#include "daemon/app_reload.h"

#include <doctest/doctest.h>

#include "tests/daemon/engine_fixture.h"

using namespace driftd;
using namespace driftd::engine_fixture;
using Names = std::vector<std::string>;

namespace {

Config with_monitors(const Names& names) {
  Config config = make_config();
  const MonitorConfig monitor = config.monitors.at(0);
  config.monitors.clear();
  for (const std::string& name : names) {
    config.monitors.push_back(monitor);
    config.monitors.back().name = name;
  }
  return config;
}

std::unique_ptr<const EnginePlan> plan_of(const Config& config) {
  auto plan = make_engine_plan(config, std::vector<std::shared_ptr<const Reference>>(config.monitors.size(), make_reference()));
  if (!plan) FAIL(plan.error());
  return std::move(*plan);
}

ReloadStatus changes(const Config& before, const Config& after) { return compare_plans(*plan_of(before), *plan_of(after)); }

}  // namespace

TEST_CASE("by name and definition: kept, reset, added, removed") {
  Config after = with_monitors({"new", "same", "window", "alerts"});
  after.monitors[2].window.every *= 2;
  after.monitors[3].alerts.severity = Severity::kCritical;
  after.monitors[3].window.min_samples = 7;
  const ReloadStatus told = changes(with_monitors({"alerts", "gone", "same", "window"}), after);
  CHECK(told.kept == Names{"alerts", "same"});
  CHECK(told.reset == Names{"window"});
  CHECK(told.added == Names{"new"});
  CHECK(told.removed == Names{"gone"});
  CHECK(changes_text(told) == "2 kept, 1 reset (window), 1 added (new), 1 removed (gone)");
}

TEST_CASE("other topics are another definition, their order is not; a stream's name, lateness apart") {
  Config before = with_monitors({"m"});
  before.streams[0].topics = {"a", "b"};
  Config after = before;
  after.streams[0].topics = {"b", "a"};
  after.streams[0].name = after.monitors[0].stream = "renamed";
  CHECK(changes(before, after).kept == Names{"m"});
  after.streams[0].topics = {"a"};
  CHECK(changes(before, after).reset == Names{"m"});
  after = before;
  after.streams[0].time.lateness += Milliseconds(1);
  CHECK(changes(before, after).reset == Names{"m"});
}

TEST_CASE("one monitor's events do not tell of a change of another") {
  const Config before = with_monitors({"changed", "kept"});
  Config after = before;
  after.monitors[0].window.every *= 2;
  const auto first = plan_of(before), second = plan_of(after);
  CHECK(first->alerts[1].config_hash == second->alerts[1].config_hash);
  CHECK(first->alerts[0].config_hash != second->alerts[0].config_hash);
}

TEST_CASE("a line names ten monitors and says that there are more") {
  ReloadStatus many;
  for (char name = 'a'; name <= 'l'; ++name) many.added.emplace_back(1, name);
  CHECK(changes_text(many) == "12 added (a, b, c, d, e, f, g, h, i, j, ...)");
  CHECK(changes_text({}).empty());
}

TEST_CASE("problems keep their places") {
  const auto told = reload_problems(Problems{{"driftd.yaml", 7, 14, "no such key", "text", "^"}, {"--set a.b", 0, 0, "unknown", "", ""}});
  REQUIRE(told.size() == 2);
  CHECK(problem_text(told[0]) == "driftd.yaml:7:14: no such key");
  CHECK(problem_text(told[1]) == "--set a.b: unknown");
}
