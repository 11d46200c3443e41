#include "daemon/alert/finding.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/daemon/alert/sample.h"

namespace driftd {
namespace {

Verdict drift(std::vector<Measure> measures) {
  Verdict verdict = sample::verdict();
  verdict.drift = std::move(measures);
  return verdict;
}

std::string sighting(const std::vector<Measure>& measures) {
  const Verdict verdict = drift(measures);
  const auto seen = sight({&verdict, Kind::kDrift}, Policy::kFixed);
  return std::string(seen.judged ? "judged" : "-") + (seen.alarm ? " alarm" : "") + (seen.calm ? " calm" : "");
}

}  // namespace

TEST_CASE("measures of one policy are seen together") {
  const auto fixed = [](char letter) { return sample::seen(letter, "psi", Policy::kFixed); };
  CHECK(sighting({fixed('A'), fixed('c')}) == "judged alarm");
  CHECK(sighting({fixed('c'), fixed('c')}) == "judged calm");
  CHECK(sighting({fixed('c'), fixed('.')}) == "judged");
  CHECK(sighting({fixed('c'), fixed('i')}) == "judged calm");
  CHECK(sighting({fixed('i')}) == "- calm");
  CHECK(sighting({fixed('c'), sample::seen('A', "adwin", Policy::kSequential)}) == "judged calm");
}

TEST_CASE("a policy without measures is calm where the verdict is ok, and unknown elsewhere") {
  CHECK(sighting({}) == "judged calm");
  Verdict verdict = drift({});
  verdict.status = Status::kInsufficient;
  CHECK_FALSE(sight({&verdict, Kind::kDrift}, Policy::kFixed).judged);
}

TEST_CASE("an alert shows the measure with the largest ratio among those that crossed") {
  Measure psi = sample::crossed("psi", Policy::kLevel, 0.2), js = sample::crossed("jensen_shannon", Policy::kFixed, 0.2);
  js.ratio = 1.7;
  Measure shown_only = sample::crossed("ks", Policy::kNone, 0.9), insufficient = sample::crossed("psi", Policy::kFixed, 0.9);
  shown_only.ratio = insufficient.ratio = 9;
  insufficient.score.status = Status::kInsufficient;
  const Verdict verdict = drift({shown_only, insufficient, psi, js});
  CHECK(strongest_alarm({&verdict, Kind::kDrift})->method == "jensen_shannon");
  const Verdict quiet = drift({sample::measure("psi", Policy::kLevel)});
  CHECK(strongest_alarm({&quiet, Kind::kDrift}) == nullptr);
}

TEST_CASE("severity") {
  const auto level = [](double effect) { return sample::crossed("psi", Policy::kLevel, effect); };
  const auto adwin = [](double effect) { return sample::crossed("adwin", Policy::kSequential, effect); };
  const auto js = sample::crossed("jensen_shannon", Policy::kFixed, 0.9);
  const struct {
    const char* name;
    std::vector<Measure> measures;
    Severity configured;
    bool want;
  } rows[] = {
      {"PSI under a quarter", {level(0.2499)}, Severity::kAuto, false},
      {"PSI of a quarter", {level(0.25)}, Severity::kAuto, true},
      {"another method judges, PSI is small", {js, sample::measure("psi", Policy::kNone, 0.2)}, Severity::kAuto, false},
      {"another method judges, PSI is large", {js, sample::measure("psi", Policy::kNone, 0.3)}, Severity::kAuto, true},
      {"large PSI that did not cross", {sample::measure("psi", Policy::kLevel, 0.9)}, Severity::kAuto, false},
      {"mean moved by less than half a deviation", {adwin(0.49)}, Severity::kAuto, false},
      {"mean moved by half a deviation", {adwin(0.5)}, Severity::kAuto, true},
      {"configured warning", {level(9)}, Severity::kWarning, false},
      {"configured critical", {level(0.1)}, Severity::kCritical, true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const Verdict verdict = drift(row.measures);
    CHECK(is_critical({&verdict, Kind::kDrift}, row.configured) == row.want);
  }
  Verdict verdict = sample::verdict();
  verdict.quality = {sample::quality("missing", 0.5, 0.74)};
  CHECK_FALSE(is_critical({&verdict, Kind::kQuality}, Severity::kAuto));
  verdict.quality = {sample::quality("missing", 0.5, 0.75)};
  CHECK(is_critical({&verdict, Kind::kQuality}, Severity::kAuto));
}

TEST_CASE("why a window opened nothing") {
  const AlertPlan plan = sample::plan();
  const double significant = std::log(plan.alpha), by_chance = significant + 0.01;
  const auto held = [&](double log_p, const Measure& measure, Policy policy) {
    Verdict verdict = drift({measure});
    verdict.log_p = log_p;
    return held_back({&verdict, Kind::kDrift}, policy, plan);
  };
  CHECK(held(significant, sample::measure("psi", Policy::kLevel, 0.09), Policy::kLevel) == Suppressed::kMinEffect);
  CHECK(held(by_chance, sample::measure("psi", Policy::kLevel, 0.09), Policy::kLevel) == Suppressed::kNone);
  CHECK(held(significant, sample::measure("psi", Policy::kLevel, 0.11), Policy::kLevel) == Suppressed::kNone);
  CHECK(held(significant, sample::measure("psi", Policy::kFixed, 0.09), Policy::kFixed) == Suppressed::kNone);
  CHECK(held(significant, sample::seen('i', "psi", Policy::kLevel), Policy::kLevel) == Suppressed::kInsufficient);
  CHECK(held(significant, sample::seen('i', "psi", Policy::kLevel), Policy::kFixed) == Suppressed::kNone);

  Verdict verdict = sample::verdict();
  verdict.quality = {sample::quality("missing", 0.001, 0.015)};
  verdict.quality[0].alarm = false;
  verdict.quality[0].score.log_p = significant;
  CHECK(held_back({&verdict, Kind::kQuality}, Policy::kLevel, plan) == Suppressed::kMinEffect);
  verdict.quality[0].score.log_p = kNoNumber;
  CHECK(held_back({&verdict, Kind::kQuality}, Policy::kLevel, plan) == Suppressed::kNone);
}

}  // namespace driftd
