#include "daemon/monitor/judge.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/daemon/engine_fixture.h"

namespace driftd {

using namespace engine_fixture;

namespace {

// One window of the fixture's monitor, filled by hand: `rows` values of amount, country and error.
Window make_window(const EnginePlan& plan, std::size_t rows, double shift, const char* country, double error_rate, std::uint64_t seed = 5) {
  const PanePlan& panes = plan.panes[0];
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(100 + shift, 10);
  Window window;
  window.start_us = 60'000'000;
  window.end_us = 120'000'000;
  const PaneCounts zero = make_counts(panes);
  CellCounts<std::uint64_t> counts;
  counts.rows = rows;
  counts.cells.assign(zero.cells.size(), 0);
  counts.classes.assign(zero.classes.size(), 0);
  counts.below.assign(3, 0);
  counts.above.assign(3, 0);
  counts.min = zero.min;
  counts.max = zero.max;
  window.unseen.resize(3);
  window.values.resize(3);
  const auto& features = plan.references[0]->features;
  for (std::size_t i = 0; i < rows; ++i) {
    const double amount = normal(random);
    ++counts.cells[panes.fields[0].first_cell + features[0].numeric.cell(amount)];
    counts.below[0] += amount < features[0].min;
    counts.above[0] += amount > features[0].max;
    counts.min[0] = std::min(counts.min[0], amount);
    counts.max[0] = std::max(counts.max[0], amount);
    const char* usual = random() % 10 < 6 ? "DE" : random() % 4 < 3 ? "FR" : "IT";
    const char* name = random() % 2 == 0 && country != nullptr ? country : usual;
    ++counts.cells[panes.fields[1].first_cell + panes.fields[1].categories.cell(hash_category(name))];
    if (name == country) ++window.unseen[1][name];
    const double error = static_cast<double>(random() % 1000) < error_rate * 1000 ? 1 : 0;
    ++counts.cells[panes.fields[2].first_cell + features[2].numeric.cell(error)];
    window.values[2].push_back({static_cast<std::int64_t>(i), static_cast<std::int64_t>(i), 0, error});
    for (std::size_t f = 0; f < 3; ++f) ++counts.of_class(f, ValueClass::kValid);
  }
  window.segments = {counts};
  return window;
}

const Measure& measure_of(const std::vector<Measure>& measures, std::string_view method) {
  for (const Measure& measure : measures) {
    if (measure.method == method) return measure;
  }
  FAIL("no measure " << method);
  return measures.front();
}

}  // namespace

TEST_CASE("a window like the reference is quiet, whatever its size") {
  const auto plan = make_plan();
  for (const std::size_t rows : {100, 1000, 20'000}) {
    CAPTURE(rows);
    MonitorJudge judge(plan->monitors[0]);
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      for (const Verdict& verdict : judge.judge(make_window(*plan, rows, 0, nullptr, 0.2, seed)).verdicts) {
        CHECK(verdict.status == Status::kOk);
        for (const Measure& measure : verdict.drift) {
          CAPTURE(measure.method);
          if (measure.policy == Policy::kLevel) CHECK_FALSE(measure.alarm);  // ADWIN promises nothing over 400,000 values
        }
        for (const Measure& measure : verdict.quality) CHECK_FALSE(measure.alarm);
      }
    }
  }
}

TEST_CASE("significant is not enough: a shift of 0.05 sd in 200,000 rows raises nothing, one of 1 sd in 1,000 does") {
  const auto plan = make_plan();
  MonitorJudge judge(plan->monitors[0]);
  const Verdict small = judge.judge(make_window(*plan, 200'000, 0.5, nullptr, 0.2)).verdicts[0];
  CHECK(small.log_p < -10);
  CHECK_FALSE(measure_of(small.drift, "psi").alarm);
  const Verdict large = judge.judge(make_window(*plan, 1000, 10, nullptr, 0.2)).verdicts[0];
  const Measure& psi = measure_of(large.drift, "psi");
  CHECK(psi.alarm);
  CHECK(psi.policy == Policy::kLevel);
  CHECK(psi.ratio == doctest::Approx(psi.score.log_p / plan->monitors[0].log_alpha));
  CHECK(psi.ratio > 1);
}

TEST_CASE("too few rows: insufficient, never drift 0, never an alarm") {
  const auto plan = make_plan();
  MonitorJudge judge(plan->monitors[0]);
  for (const Verdict& verdict : judge.judge(make_window(*plan, 20, 50, "XX", 0.9)).verdicts) {
    CHECK(verdict.status == Status::kInsufficient);
    for (const Measure& measure : verdict.drift) {
      if (measure.policy == Policy::kLevel) CHECK(std::isnan(measure.ratio));
    }
  }
}

TEST_CASE("a category the reference never had is named, and fails its check") {
  const auto plan = make_plan();
  MonitorJudge judge(plan->monitors[0]);
  const Verdict verdict = judge.judge(make_window(*plan, 1000, 0, "XX", 0.2)).verdicts[1];
  const Measure& unseen = measure_of(verdict.quality, "unseen_category");
  CHECK(unseen.alarm);
  CHECK(unseen.after == doctest::Approx(0.5).epsilon(0.1));
  CHECK(verdict.cells.back().label == "unseen: XX");
  double sum = 0;
  for (const CellShare& cell : verdict.cells) sum += cell.contribution;
  CHECK(sum == doctest::Approx(measure_of(verdict.drift, "psi").score.statistic).epsilon(1e-12));
}

TEST_CASE("values outside the reference's range are counted and judged") {
  const auto plan = make_plan();
  MonitorJudge judge(plan->monitors[0]);
  const Verdict verdict = judge.judge(make_window(*plan, 1000, 40, nullptr, 0.2)).verdicts[0];
  CHECK(verdict.out_of_range_ratio > 0.3);
  CHECK(measure_of(verdict.quality, "out_of_range").alarm);
}

TEST_CASE("ADWIN on the error fires on a rise over windows, and goes on after a restart as if nothing happened") {
  const auto plan = make_plan();
  MonitorJudge undisturbed(plan->monitors[0]);
  auto restarted = std::make_unique<MonitorJudge>(plan->monitors[0]);
  std::uint64_t detections = 0;
  for (int w = 0; w < 12; ++w) {
    const Window window = make_window(*plan, 500, 0, nullptr, w < 8 ? 0.2 : 0.6, static_cast<std::uint64_t>(w));
    const Measure first = measure_of(undisturbed.judge(window).verdicts[2].drift, "adwin");
    ByteWriter out;
    restarted->save(out);
    restarted = std::make_unique<MonitorJudge>(plan->monitors[0]);
    ByteReader in(out.bytes());
    REQUIRE(restarted->load(in));
    const Measure second = measure_of(restarted->judge(window).verdicts[2].drift, "adwin");
    CHECK(first.detections == second.detections);
    CHECK(first.score.statistic == second.score.statistic);
    if (w < 8) CHECK(first.detections == 0);
    detections += first.detections;
    if (first.alarm) CHECK(first.after > first.before);
  }
  CHECK(detections >= 1);
}

TEST_CASE("a fixed threshold replaces the level for its method") {
  Config config = make_config();
  config.monitors[0].detectors = {{"psi", 0.2, {}, {}}, {"wasserstein", 0.1, {}, {}}};
  const auto plan = *make_engine_plan(config, {make_reference()});
  MonitorJudge judge(plan->monitors[0]);
  const Verdict verdict = judge.judge(make_window(*plan, 1000, 10, nullptr, 0.2)).verdicts[0];
  const Measure& psi = measure_of(verdict.drift, "psi");
  CHECK(psi.policy == Policy::kFixed);
  CHECK(psi.ratio == doctest::Approx(psi.score.effect / 0.2));
  CHECK(psi.alarm);
  CHECK(measure_of(verdict.drift, "wasserstein").alarm);
  CHECK(measure_of(verdict.drift, "ks").policy == Policy::kNone);
}

}  // namespace driftd
