#include "daemon/alert/alert_summary.h"

#include <doctest/doctest.h>

#include "tests/daemon/alert/sample.h"

namespace driftd {
namespace {

struct Case {
  const char* name;
  Transition transition;
  Verdict verdict;
  const char* want;
  Kind kind = Kind::kDrift;
};

Verdict drift(std::uint32_t feature, const Measure& measure, std::vector<CellShare> cells, std::uint32_t segment = 0) {
  Verdict verdict = sample::verdict(feature, segment);
  verdict.drift = {measure};
  verdict.cells = std::move(cells);
  return verdict;
}

Verdict quality(const Measure& check) {
  Verdict verdict = sample::verdict();
  verdict.quality = {check};
  return verdict;
}

Measure fixed(double statistic) {
  Measure fixed = sample::crossed("psi", Policy::kFixed, 0.29);
  fixed.score.statistic = statistic;
  fixed.threshold = 0.2;
  return fixed;
}

Measure adwin(double before, double after, std::uint64_t detections = 1) {
  Measure adwin = sample::crossed("adwin", Policy::kSequential, 0.16);
  adwin.before = before;
  adwin.after = after;
  adwin.detections = detections;
  return adwin;
}

std::string sentence(const Case& row) {
  const AlertPlan plan = sample::plan();
  const auto window = sample::window({row.verdict});
  const WindowFinding seen{plan, window, {&window.verdicts[0], row.kind}};
  LifeChange change;
  change.transition = row.transition;
  const auto measures = seen.finding.measures();
  change.alert.policy = measures.empty() ? Policy::kFixed : measures[0].policy;
  change.alert.method = measures.empty() ? "psi" : measures[0].method;
  return alert_summary(change, seen);
}

}  // namespace

TEST_CASE("whole sentences") {
  const auto psi = [](double effect) { return sample::crossed("psi", Policy::kLevel, effect); };
  const std::vector<CellShare> amount{{"(-inf, 80]", 700, 600, 0.01}, {"(80, 120]", 100, 240, 0.12}, {"(120, inf)", 200, 160, 0.02}};
  const std::vector<CellShare> vanished{{"'x'", 950, 1000, 0.002}, {"17", 50, 0, 0.2}};
  const std::vector<CellShare> appeared{{"17", 1000, 880, 0.01}, {"unseen", 0, 120, 0.4}};
  const std::vector<CellShare> others{{"17", 900, 700, 0.05}, {"other", 100, 300, 0.2}};
  const Case rows[] = {
      {"level", Transition::kFiring, drift(0, psi(0.21), amount),
       "amount: 24% of rows in (80, 120], 10% in the reference; PSI 0.21, well above the 0.1 that matters (n = 8412)"},
      {"just over the line", Transition::kFiring, drift(0, psi(0.15), amount),
       "amount: 24% of rows in (80, 120], 10% in the reference; PSI 0.15, above the 0.1 that matters (n = 8412)"},
      {"in a segment", Transition::kFiring, drift(0, psi(0.21), amount, 1),
       "amount (country=DE): 24% of rows in (80, 120], 10% in the reference; PSI 0.21, well above the 0.1 that matters (n = 8412)"},
      {"worse", Transition::kUpdated, drift(0, psi(0.31), amount),
       "amount, now critical: 24% of rows in (80, 120], 10% in the reference; PSI 0.31, well above the 0.1 that matters (n = 8412)"},
      {"a category vanished", Transition::kFiring, drift(1, psi(0.2), vanished),
       "relp: 0% of rows are '17', 5.0% in the reference; PSI 0.2, well above the 0.1 that matters (n = 8412)"},
      {"unknown categories", Transition::kFiring, drift(1, psi(0.41), appeared),
       "relp: 12% of rows are values the reference never had, 0% in the reference; PSI 0.41, well above the 0.1 that matters (n = 8412)"},
      {"the rest grew", Transition::kFiring, drift(1, psi(0.25), others),
       "relp: 30% of rows are other values, 10% in the reference; PSI 0.25, well above the 0.1 that matters (n = 8412)"},
      {"discrete numbers", Transition::kFiring, drift(0, psi(0.2), {{"2", 500, 600, 0.01}, {"3", 500, 400, 0.02}}),
       "amount: 40% of rows are 3, 50% in the reference; PSI 0.2, well above the 0.1 that matters (n = 8412)"},
      {"no cells", Transition::kFiring, drift(0, psi(0.2), {}), "amount: PSI 0.2, well above the 0.1 that matters (n = 8412)"},
      {"your own limit", Transition::kFiring, drift(0, fixed(0.31), amount),
       "amount: 24% of rows in (80, 120], 10% in the reference; PSI 0.31, over your limit of 0.2 (n = 8412)"},
      {"your own limit, not yet", Transition::kPending, drift(0, fixed(0.31), amount),
       "amount: 24% of rows in (80, 120], 10% in the reference; PSI 0.31, over your limit of 0.2; fires after 2 windows in a row "
       "(n = 8412)"},
      {"a change in the stream", Transition::kFiring, drift(2, adwin(0.1712, 0.2324), {}),
       "error: ADWIN saw the mean move from 0.171 to 0.232 (n = 8412)", Kind::kPerformance},
      {"several changes", Transition::kFiring, drift(2, adwin(0.1712, 0.2324, 3), {}),
       "error: ADWIN saw the mean move from 0.171 to 0.232, the last of 3 changes in this window (n = 8412)", Kind::kPerformance},
      {"a change without means", Transition::kFiring, drift(2, adwin(kNoNumber, kNoNumber), {}),
       "error: ADWIN saw the mean move (n = 8412)", Kind::kPerformance},
      {"missing", Transition::kFiring, quality(sample::quality("missing", 0.001, 0.12)),
       "amount: 12% missing, 0.1% in the reference (n = 8412)", Kind::kQuality},
      {"wrong type", Transition::kFiring, quality(sample::quality("type_mismatch", 0, 0.5)),
       "amount: 50% of the wrong type, 0% in the reference (n = 8412)", Kind::kQuality},
      {"out of range", Transition::kFiring, quality(sample::quality("out_of_range", 0, 0.031)),
       "amount: 3.1% outside the range of the reference (n = 8412)", Kind::kQuality},
      {"unseen", Transition::kFiring, quality(sample::quality("unseen_category", 0, 0.031)),
       "amount: 3.1% in categories the reference never had (n = 8412)", Kind::kQuality},
      {"level is over", Transition::kResolved, drift(0, psi(0.0213), amount),
       "amount: back to normal for 3 windows; PSI 0.0213 (n = 8412)"},
      {"your own limit is kept", Transition::kResolved, drift(0, fixed(0.14), amount),
       "amount: back to normal for 3 windows; PSI 0.14 (n = 8412)"},
      {"quality is over", Transition::kResolved, quality(sample::quality("missing", 0.001, 0)),
       "amount: back to normal for 3 windows; 0% missing, 0.1% in the reference (n = 8412)", Kind::kQuality},
      {"the stream is steady", Transition::kResolved, drift(2, adwin(0.1712, 0.2324), {}),
       "error: steady for 3 windows, ADWIN saw no further change; the mean may have settled at a new level (n = 8412)", Kind::kPerformance},
      {"nobody judges it now", Transition::kResolved, sample::verdict(), "amount: resolved, as it is no longer judged (n = 8412)"},
      {"its own measure has too few rows", Transition::kResolved, drift(0, sample::seen('i', "psi", Policy::kLevel), amount),
       "amount: back to normal for 3 windows (n = 8412)"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    CHECK(sentence(row) == row.want);
  }
}

TEST_CASE("cells by contribution") {
  Verdict verdict = sample::verdict();
  verdict.cells = {{"a", 1, 1, 0}, {"b", 1, 2, 0.1}, {"c", 1, 2, 0.1}, {"d", 1, 4, 0.3}};
  const auto top = top_cells(verdict, 2);
  REQUIRE(top.size() == 2);
  CHECK(top[0]->label == "d");
  CHECK(top[1]->label == "b");
  CHECK(top_cells(verdict, 9).size() == 3);  // the one that adds nothing is left out
  CHECK(shares_of(verdict, verdict.cells[3]).reference == 0.25);
  CHECK(shares_of(verdict, verdict.cells[3]).current == 4.0 / 9);
  for (auto& cell : verdict.cells) cell.current = 0;
  CHECK(shares_of(verdict, verdict.cells[3]).current == 0);
}

}  // namespace driftd
