#include "daemon/alert/alert_event.h"

#include <doctest/doctest.h>

#include "tests/daemon/alert/json_paths.h"
#include "tests/daemon/alert/sample.h"

namespace driftd {
namespace {

Verdict amount() {
  Verdict verdict = sample::verdict();
  Measure psi = sample::crossed("psi", Policy::kLevel, 0.21);
  psi.score.statistic = 0.2105;
  psi.score.log_p = -20;
  verdict.drift = {psi, sample::measure("ks", Policy::kNone, 0.17)};
  verdict.cells = {{"(-inf, 80]", 700, 600, 0.01}, {"(80, 120]", 100, 240, 0.1226}};
  verdict.classes = {8403, 4, 5, 0, 0, 0, 0};
  return verdict;
}

LifeChange firing(Policy policy, std::string method) {
  LifeChange change;
  change.alert.firing = true;
  change.alert.policy = policy;
  change.alert.method = std::move(method);
  change.alert.alert_id = "6e77b70df680e4e0";
  return change;
}

AlertTransition transition(const LifeChange& change, const Verdict& verdict, const AlertPlan& plan = sample::plan(),
                           Kind kind = Kind::kDrift) {
  const auto window = sample::window({verdict});
  return alert_transition(change, {plan, window, {&window.verdicts[0], kind}});
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the whole event of an alert that fires") {
  const auto to = transition(firing(Policy::kLevel, "psi"), amount());
  CHECK(to.event_id == "6e01f7b9a743ccb5");
  CHECK(to.severity == "warning");
  CHECK(to.event ==
        R"({"data":{"after":null,"alert_id":"6e77b70df680e4e0","before":null,"effects":{"ks":0.17,"psi":0.21},)"
        R"("feature":{"name":"amount","type":"numeric"},"fingerprint":"8c4c477b9e943fd5","kind":"drift","monitor":"fraud","n":8412,)"
        R"("p_value":2.061153622438558e-09,"policy":{"alpha":1e-04,"false_alarms":"1 per 30d","type":"level"},)"
        R"("previous_state":"inactive","provenance":{"config_hash":"a41c09be7733","detector":"psi","driftd":"0.1.0"},)"
        R"("reference":{"created":"2026-02-11T10:00:00Z","id":"a1b2c3d4e5f6","missing_ratio":0.001,"samples":300000},)"
        R"("segment":"all","severity":"warning","state":"firing","statistic":0.2105,)"
        R"x("summary":"amount: 29% of rows in (80, 120], 12% in the reference; PSI 0.21, well above the 0.1 that matters (n = 8412)",)x"
        R"("threshold":null,"top_bins":[)"
        R"({"contribution":0.1226,"current_ratio":0.2857142857142857,"label":"(80, 120]","reference_ratio":0.125},)"
        R"({"contribution":0.01,"current_ratio":0.7142857142857143,"label":"(-inf, 80]","reference_ratio":0.875}],)"
        R"("window":{"complete":true,"end":"2026-03-01T10:05:00Z","missing_ratio":0.0010699001426533524,)"
        R"("offsets":[{"from":118200,"partition":0,"to":126611,"topic":"fraud.predictions"}],"samples":8412,)"
        R"("start":"2026-03-01T10:00:00Z"}},"datacontenttype":"application/json","id":"6e01f7b9a743ccb5","partitionkey":"fraud",)"
        R"("severitynumber":13,"severitytext":"WARN","source":"/driftd/driftd","specversion":"1.0",)"
        R"("subject":"monitors/fraud/features/amount/segments/all","time":"2026-03-01T10:05:00Z","type":"dev.driftd.drift.firing.v1"})");
}

TEST_CASE("policies, severities and links") {
  Verdict verdict = amount();
  Measure fixed = sample::crossed("psi", Policy::kFixed, 0.3);
  fixed.threshold = 0.2;
  verdict.drift = {fixed};
  auto change = firing(Policy::kFixed, "psi");
  change.alert.critical = true;
  auto plan = sample::plan();
  plan.links.page = "https://driftd.example/";
  auto to = transition(change, verdict, plan);
  CHECK(to.severity == "critical");
  CHECK(has(to.event, R"("policy":{"detector":"psi","threshold":0.2,"type":"fixed"})"));
  CHECK(has(to.event, R"("severity":"critical")"));
  CHECK(has(to.event, R"("severitynumber":17,"severitytext":"ERROR")"));
  CHECK(has(to.event, R"("links":{"page":"https://driftd.example/ui/alerts/6e77b70df680e4e0",)"
                      R"("runbook":"https://driftd.example/runbooks/DriftdFeatureDriftCritical"})"));
  CHECK(has(to.event, R"("dataschema":"https://driftd.example/schema/event.json")"));

  change.transition = Transition::kResolved;
  change.previous = AlertState::kFiring;
  to = transition(change, verdict, plan);
  CHECK(to.severity == "critical");
  CHECK(has(to.event, R"("severitynumber":9,"severitytext":"INFO")"));
  CHECK(has(to.event, R"("previous_state":"firing")"));
  CHECK(has(to.event, R"("state":"resolved")"));
  CHECK(has(to.event, R"("type":"dev.driftd.drift.resolved.v1")"));
}

TEST_CASE("an updated alert is firing still") {
  auto change = firing(Policy::kLevel, "psi");
  change.transition = Transition::kUpdated;
  change.previous = AlertState::kFiring;
  const auto to = transition(change, amount());
  CHECK(has(to.event, R"("state":"firing")"));
  CHECK(has(to.event, R"("type":"dev.driftd.drift.updated.v1")"));
}

TEST_CASE("a p-value that underflows is told by its logarithm") {
  Verdict verdict = amount();
  verdict.drift[0].score.log_p = -2000.5;
  CHECK(has(transition(firing(Policy::kLevel, "psi"), verdict).event, R"("log_p":-2000.5,"monitor":"fraud","n":8412,"p_value":0,)"));
}

TEST_CASE("quality: shares before and after, no bins") {
  Verdict verdict = amount();
  verdict.quality = {sample::quality("missing", 0.001, 0.121)};
  const auto to = transition(firing(Policy::kLevel, "missing"), verdict, sample::plan(), Kind::kQuality);
  CHECK(has(to.event, R"("data":{"after":0.121,)"));
  CHECK(has(to.event, R"("before":0.001,"effects":{"missing":0.12},)"));
  CHECK(has(to.event, R"("threshold":0.02,"top_bins":[],)"));
  CHECK(has(to.event, R"("type":"dev.driftd.quality.firing.v1")"));
}

TEST_CASE("a measure that is gone leaves nulls") {
  auto change = firing(Policy::kFixed, "hellinger");
  change.transition = Transition::kResolved;
  const auto to = transition(change, amount());
  CHECK(has(to.event, R"("statistic":null)"));
  CHECK(has(to.event, R"("policy":{"detector":"hellinger","threshold":null,"type":"fixed"})"));
}

TEST_CASE("no more than five bins, categories cut, keys sorted") {
  Verdict verdict = amount();
  for (int i = 0; i < 9; ++i) verdict.cells.push_back({std::string(300, 'a') + std::to_string(i), 1, 2, 0.5});
  const auto to = transition(firing(Policy::kLevel, "psi"), verdict);
  std::size_t bins = 0;
  for (auto at = to.event.find("contribution"); at != std::string::npos; at = to.event.find("contribution", at + 1)) ++bins;
  CHECK(bins == 5);
  CHECK_FALSE(has(to.event, std::string(121, 'a')));
  CHECK(JsonPaths(to.event).sorted);
}

TEST_CASE("thousands of partitions: the event stays within 64 KiB, and says how many ranges are left out") {
  auto window = sample::window({amount()});
  window.offsets.clear();
  for (std::int32_t i = 0; i < 5000; ++i) window.offsets.push_back({{"fraud.predictions", i}, 1'000'000, 2'000'000});
  const auto plan = sample::plan();
  const auto to = alert_transition(firing(Policy::kLevel, "psi"), {plan, window, {&window.verdicts[0], Kind::kDrift}});
  CHECK(to.event.size() <= kLargestAlertEvent);
  CHECK(to.event.size() > kLargestAlertEvent - 200);
  std::size_t ranges = 0;
  for (auto at = to.event.find("\"from\""); at != std::string::npos; at = to.event.find("\"from\"", at + 1)) ++ranges;
  CHECK(has(to.event, "\"offsets_omitted\":" + std::to_string(5000 - ranges) + ","));
}

}  // namespace driftd
