#include "daemon/alert/monitor_alerts.h"

#include <doctest/doctest.h>

#include <random>

#include "tests/daemon/alert/sample.h"

namespace driftd {
namespace {

std::string saved(const MonitorAlerts& alerts) {
  std::string bytes;
  alerts.save(bytes);
  return bytes;
}

char any_letter(std::mt19937& random) { return "AAA!ccccccccccccccc.i"[random() % 21]; }

// All features and segments, all policies, every check.
Judgement random_window(std::mt19937& random, int index) {
  std::vector<Verdict> verdicts;
  for (std::uint32_t segment = 0; segment < 2; ++segment) {
    for (std::uint32_t feature = 0; feature < 3; ++feature) {
      Verdict verdict = sample::verdict(feature, segment);
      verdict.drift = {sample::seen(any_letter(random), "psi", Policy::kLevel), sample::seen(any_letter(random), "psi", Policy::kFixed),
                       sample::seen(any_letter(random), "adwin", Policy::kSequential)};
      verdict.quality = {sample::seen(any_letter(random), "missing", Policy::kLevel)};
      verdict.cells = {{"(-inf, 80]", 700, 600, 0.01}, {"(80, 120]", 100, 240, 0.12}};
      verdicts.push_back(verdict);
    }
  }
  return sample::window(std::move(verdicts), index);
}

std::string told(const std::vector<AlertTransition>& transitions) {
  std::string text;
  for (const auto& to : transitions) text += to.event + '\n';
  return text;
}

Judgement amount_window(char letter, int index) {
  Verdict verdict = sample::verdict();
  verdict.drift = {sample::seen(letter, "psi", Policy::kLevel)};
  return sample::window({verdict}, index);
}

// One alert that fires and is over, from window `first` on.
void one_alert(MonitorAlerts& alerts, int first) {
  for (int i = 0; i < 5; ++i) alerts.step(amount_window("Accc."[i], first + i));
}

}  // namespace

TEST_CASE("transitions come by segment, feature and kind") {
  std::vector<Verdict> verdicts;
  for (std::uint32_t segment = 0; segment < 2; ++segment) {
    for (std::uint32_t feature = 0; feature < 3; ++feature) {
      Verdict verdict = sample::verdict(feature, segment);
      verdict.drift = {sample::seen('A', "psi", Policy::kLevel)};
      verdict.quality = {sample::quality("missing", 0, 0.1)};
      verdicts.push_back(verdict);
    }
  }
  MonitorAlerts alerts(sample::plan());
  std::string order;
  for (const auto& to : alerts.step(sample::window(verdicts))) {
    order += std::to_string(to.segment) + std::to_string(to.feature) + std::string(kind_name(to.kind)) + ' ';
  }
  CHECK(order ==
        "00drift 00quality 01drift 01quality 02performance 02quality 10drift 10quality 11drift 11quality 12performance 12quality ");
}

TEST_CASE("states, status and counters of an alert") {
  MonitorAlerts alerts(sample::plan());
  CHECK(alerts.state(0, 0) == AlertState::kInactive);
  CHECK(alerts.transitions().size() == 7);
  const auto to = alerts.step(amount_window('A', 0));
  REQUIRE(to.size() == 1);
  CHECK(alerts.state(0, 0) == AlertState::kFiring);
  CHECK(alerts.state(1, 0) == AlertState::kInactive);
  CHECK(alerts.state(0, 1) == AlertState::kInactive);
  REQUIRE(alerts.status().size() == 1);
  const auto open = alerts.status()[0];
  CHECK(open.alert_id == "6e77b70df680e4e0");
  CHECK(open.kind == "drift");
  CHECK(open.feature == "amount");
  CHECK(open.segment == "all");
  CHECK(open.severity == "warning");
  CHECK(open.state == AlertState::kFiring);
  CHECK(open.since_us == sample::kStart);
  CHECK(open.opened_us == sample::kStart + sample::kWindow);
  CHECK(open.resolved_us == kNoTime);
  CHECK(open.summary == to[0].summary);
  CHECK(open.event_json == to[0].event);

  for (int i = 1; i < 4; ++i) alerts.step(amount_window('c', i));
  REQUIRE(alerts.status().size() == 1);
  const auto resolved = alerts.status()[0];
  CHECK(resolved.alert_id == open.alert_id);
  CHECK(resolved.state == AlertState::kResolved);
  CHECK(resolved.resolved_us == sample::kStart + 4 * sample::kWindow);
  CHECK(resolved.event_json.find("dev.driftd.drift.resolved.v1") != std::string::npos);
  CHECK(alerts.state(0, 0) == AlertState::kInactive);
  CHECK(alerts.transitions().at({"warning", "firing"}) == 1);
  CHECK(alerts.transitions().at({"warning", "resolved"}) == 1);
  CHECK(alerts.transitions().at({"critical", "firing"}) == 0);
  alerts.step(amount_window('A', 4));
  CHECK(alerts.suppressed().at("cooldown") == 1);
}

TEST_CASE("open alerts first, newest first, then at most fifty that are over") {
  MonitorAlerts alerts(sample::plan());
  int window = 0;
  for (int i = 0; i < 60; ++i, window += 5) one_alert(alerts, window);
  alerts.step(amount_window('A', window));
  Verdict other = sample::verdict(1);
  other.drift = {sample::seen('A', "psi", Policy::kLevel)};
  alerts.step(sample::window({other}, window + 1));
  const auto status = alerts.status();
  REQUIRE(status.size() == 52);
  CHECK(status[0].feature == "relp");
  CHECK(status[1].feature == "amount");
  CHECK(status[1].state == AlertState::kFiring);
  for (std::size_t i = 3; i < status.size(); ++i) CHECK(status[i].resolved_us < status[i - 1].resolved_us);
}

TEST_CASE("saved and loaded after every window, everything is as if nothing had happened") {
  constexpr unsigned kSeed = 20260301;
  CAPTURE(kSeed);
  std::mt19937 random(kSeed);
  MonitorAlerts undisturbed(sample::plan()), restarted(sample::plan());
  std::size_t events = 0;
  for (int i = 0; i < 300; ++i) {
    const auto window = random_window(random, i);
    const auto expected = undisturbed.step(window);
    events += expected.size();
    MonitorAlerts next(sample::plan());
    REQUIRE(next.load(saved(restarted)));
    restarted = std::move(next);
    REQUIRE(told(restarted.step(window)) == told(expected));
    REQUIRE(saved(restarted) == saved(undisturbed));
  }
  CHECK(events > 500);
  CHECK(restarted.transitions() == undisturbed.transitions());
  CHECK(restarted.suppressed() == undisturbed.suppressed());
  for (const auto& [name, count] : undisturbed.transitions()) {
    CAPTURE(name.first + " " + name.second);
    CHECK(count > 0);
  }
}

TEST_CASE("damaged bytes are refused and change nothing") {
  std::mt19937 random(7);
  MonitorAlerts alerts(sample::plan());
  for (int i = 0; i < 6; ++i) alerts.step(random_window(random, i));
  const auto bytes = saved(alerts);
  MonitorAlerts other(sample::plan());
  one_alert(other, 0);
  const auto before = saved(other);
  for (std::size_t size = 0; size < bytes.size(); size += size < 200 ? 1 : 97) {
    CAPTURE(size);
    REQUIRE_FALSE(other.load(std::string_view(bytes).substr(0, size)));
  }
  CHECK_FALSE(other.load(bytes + '\0'));
  auto changed = bytes;
  changed[0] = 2;  // a format of the future
  CHECK_FALSE(other.load(changed));
  changed = bytes;
  changed[2] = 9;  // a segment that is not there
  CHECK_FALSE(other.load(changed));
  changed = bytes;
  changed[10] = 1;  // amount has no predictions
  CHECK_FALSE(other.load(changed));
  CHECK(saved(other) == before);
  CHECK(other.load(bytes));
  CHECK(saved(other) == bytes);
}

TEST_CASE("bytes of another set of features are refused") {
  MonitorAlerts alerts(sample::plan());
  Verdict verdict = sample::verdict(2);
  verdict.drift = {sample::seen('A', "psi", Policy::kLevel)};
  alerts.step(sample::window({verdict}));
  auto plan = sample::plan();
  plan.features.pop_back();
  CHECK_FALSE(MonitorAlerts(plan).load(saved(alerts)));
}

}  // namespace driftd
