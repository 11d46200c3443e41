#include "daemon/history/point_codec.h"

#include <doctest/doctest.h>

#include <cmath>

#include "daemon/monitor/cell_labels.h"
#include "tests/daemon/history/closed_windows.h"

using namespace driftd;

namespace {

ReferenceSide side_of(const MonitorPlan& plan, const Verdict& verdict) {
  const FeaturePlan& feature = plan.features[verdict.feature];
  ReferenceSide side{cell_labels(*feature.reference), coarse_cells(*feature.reference, feature.segments[verdict.segment]->cells), 0,
                     feature.segments[verdict.segment]->classes};
  side.rows = side.classes[0];
  return side;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace

TEST_CASE("every verdict of an engine comes back with its cells, what they add, its classes and the measures that judge") {
  const test::ClosedWindows closed;
  std::size_t cells = 0, measures = 0;
  for (const HistoryWindow& window : closed.windows()) {
    for (const Verdict& verdict : window.judgement->verdicts) {
      const ReferenceSide side = side_of(*closed.plan().monitor, verdict);
      ReferenceSide side_again;
      REQUIRE(decode_side(encode_side(side), side_again));
      CHECK(side_again == side);
      FeatureStatus status;
      const std::string bytes = encode_point(verdict, side);
      REQUIRE(decode_point(bytes, &side_again, status));
      REQUIRE(status.cells.size() == verdict.cells.size());
      double sum = 0;
      for (std::size_t c = 0; c < verdict.cells.size(); ++c) {
        CHECK(status.cells[c].label == verdict.cells[c].label);
        CHECK(status.cells[c].reference == verdict.cells[c].reference);
        CHECK(status.cells[c].current == verdict.cells[c].current);
        CHECK(status.cells[c].contribution == verdict.cells[c].contribution);
        sum += status.cells[c].contribution;
        ++cells;
      }
      CHECK(status.classes == verdict.classes);
      CHECK(status.reference_classes == verdict.reference_classes);
      CHECK(status.reference_rows == verdict.reference_rows);
      CHECK(same(status.out_of_range_ratio, verdict.out_of_range_ratio));
      CHECK(same(status.unseen_ratio, verdict.unseen_ratio));
      for (const auto& [kept, all] : {std::pair{&status.methods, &verdict.drift}, std::pair{&status.quality, &verdict.quality}}) {
        auto next = kept->begin();
        for (const Measure& measure : *all) {
          if (std::isnan(measure.ratio) && measure.method != "psi") continue;
          REQUIRE(next != kept->end());
          CHECK(next->method == measure.method);
          CHECK(next->status == measure.score.status);
          CHECK(next->alarm == measure.alarm);
          CHECK(same(next->statistic, measure.score.statistic));
          CHECK(same(next->effect, measure.score.effect));
          CHECK(same(next->log_p, measure.score.log_p));
          CHECK(same(next->threshold, measure.threshold));
          CHECK(same(next->threshold_ratio, measure.ratio));
          CHECK(same(next->before, measure.before));
          CHECK(same(next->after, measure.after));
          if (measure.method == "psi" && measure.score.status == Status::kOk) {
            CHECK(sum == doctest::Approx(next->statistic).epsilon(1e-12));
          }
          ++next;
          ++measures;
        }
        CHECK(next == kept->end());
      }
      for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
        FeatureStatus ignored;
        CHECK_FALSE(decode_point(std::string_view(bytes).substr(0, cut), &side, ignored));
      }
    }
  }
  CHECK(cells > 100);
  CHECK(measures >= 100);
}

TEST_CASE("cells find their place: names of the unseen, a category called other, a long dictionary that is mostly empty") {
  ReferenceSide side;
  side.labels = {"DE", "other", "FR", "other", "unseen"};
  side.counts = {10, 0, 5, 0, 0};
  Verdict verdict;
  verdict.cells = {{"DE", 10, 7, 0}, {"FR", 5, 0, 0}, {"other", 0, 3, 0}, {"unseen: XX, YY", 0, 2, 0}};
  FeatureStatus status;
  REQUIRE(decode_point(encode_point(verdict, side), &side, status));
  REQUIRE(status.cells.size() == 4);
  CHECK(status.cells[1].label == "FR");
  CHECK(status.cells[2].label == "other");
  CHECK(status.cells[2].current == 3);
  CHECK(status.cells[3].label == "unseen: XX, YY");
  CHECK(status.cells[3].current == 2);

  ReferenceSide long_side;
  for (int i = 0; i < 1000; ++i) long_side.labels.push_back(std::to_string(i));
  long_side.counts.assign(1000, 0);
  long_side.counts[0] = 1;
  Verdict sparse;
  sparse.cells = {{"0", 1, 5, 0}, {"700", 0, 9, 0}};
  const std::string bytes = encode_point(sparse, long_side);
  CHECK(bytes.size() < 40);
  FeatureStatus found;
  REQUIRE(decode_point(bytes, &long_side, found));
  REQUIRE(found.cells.size() == 2);
  CHECK(found.cells[1].label == "700");
  CHECK(found.cells[1].current == 9);
}

TEST_CASE("a segment that the reference does not know has no cells; bytes of another kind are refused") {
  ReferenceSide side;
  side.labels = {"a", "b"};
  FeatureStatus status;
  REQUIRE(decode_point(encode_point(Verdict{}, side), &side, status));
  CHECK(status.cells.empty());
  CHECK_FALSE(decode_point("", &side, status));
  CHECK_FALSE(decode_point("\x02", &side, status));
  ReferenceSide other;
  CHECK_FALSE(decode_side("\x01", other));
  // A run of zeros longer than the list must not be believed: format, no measures, classes, shares, then 3 cells of which 200 are empty.
  const std::string endless = std::string("\x01\0\0", 3) + std::string(kValueClasses, '\0') + std::string("\0\x03\0\xc8\x01", 5);
  CHECK_FALSE(decode_point(endless, &side, status));
}
