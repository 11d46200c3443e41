#include "detectors/two_sample/distances.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <vector>

namespace driftd {
namespace {

using CountList = std::vector<std::uint64_t>;
using Distance = Score (*)(Counts, Counts);

Score jensen_shannon_two(Counts r, Counts w) { return jensen_shannon(r, w); }
Score largest(Counts r, Counts w) { return l_infinity(r, w).score; }

struct Named {
  const char* name;
  Distance distance;
};
constexpr Named kDistances[] = {
    {"jensen_shannon", jensen_shannon_two}, {"hellinger", hellinger}, {"total_variation", total_variation}, {"l_infinity", largest}};

}  // namespace

TEST_CASE("distances: 0 for equal shares, 1 for disjoint cells, symmetric, between") {
  std::mt19937_64 generator(5);
  for (const Named& one : kDistances) {
    CAPTURE(one.name);
    CHECK(one.distance(CountList{10, 20, 30}, CountList{20, 40, 60}).statistic == 0);
    CHECK(one.distance(CountList{100, 0}, CountList{0, 100}).statistic == 1);
    for (int i = 0; i < 200; ++i) {
      CountList r(8), w(8);
      for (auto& count : r) count = generator() % 50;
      for (auto& count : w) count = generator() % 50;
      r[0] = w[0] = 1;
      const double there = one.distance(r, w).statistic, back = one.distance(w, r).statistic;
      CHECK(there == doctest::Approx(back).epsilon(1e-13));
      CHECK((there >= 0 && there <= 1));
    }
  }
}

TEST_CASE("distances: order of size between them") {
  const CountList r{120, 300, 80, 7, 500}, w{30, 40, 25, 50, 100};
  CHECK(largest(r, w).statistic <= total_variation(r, w).statistic);
  const double h = hellinger(r, w).statistic, tv = total_variation(r, w).statistic;
  CHECK(h * h <= tv);
  CHECK(tv <= h * std::sqrt(2.0));
  CHECK(jensen_shannon(r, w, EntropyUnit::kNats).statistic < jensen_shannon(r, w).statistic);
}

TEST_CASE("distances: status") {
  for (const Named& one : kDistances) {
    CAPTURE(one.name);
    CHECK(one.distance(CountList{}, CountList{}).status == Status::kInsufficient);
    CHECK(std::isnan(one.distance(CountList{0, 0}, CountList{3, 4}).statistic));
    CHECK(one.distance(CountList{70, 0}, CountList{50, 0}).status == Status::kDegenerate);
    CHECK(one.distance(CountList{50, 50}, CountList{3, 3}).status == Status::kInsufficient);
    const Score score = one.distance(CountList{50, 50}, CountList{30, 70});
    CHECK(score.status == Status::kOk);
    CHECK(score.effect == score.statistic);
    CHECK(std::isnan(score.log_p));
    CHECK(score.cells_used == 0);
  }
}

TEST_CASE("l_infinity names the first of the largest cells") {
  CHECK(l_infinity(CountList{50, 30, 20}, CountList{50, 20, 30}).cell == 1);
  CHECK(l_infinity(CountList{50, 30, 20}, CountList{60, 25, 15}).cell == 0);
}

TEST_CASE("jensen_shannon: near shares do not cancel") {
  // d = 1e-7 in both cells: JSD = d^2 / 2 nats to second order, and sqrt(1 - 1 ...) forms would give 0.
  const CountList r{1'000'000'000, 1'000'000'000}, w{1'000'000'200, 1'000'000'000 - 200};
  CHECK(jensen_shannon(r, w, EntropyUnit::kNats).statistic == doctest::Approx(1e-7 / std::sqrt(2.0)).epsilon(1e-6));
}

}  // namespace driftd
