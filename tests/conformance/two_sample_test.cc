// Two-sample statistics against SciPy 1.17.1 and NumPy (two_sample/expected.tsv, cells.tsv) and algorithms L.1.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "detectors/two_sample/chi_square.h"
#include "detectors/two_sample/distances.h"
#include "detectors/two_sample/kolmogorov_law.h"
#include "detectors/two_sample/kolmogorov_smirnov.h"
#include "detectors/two_sample/psi.h"
#include "detectors/two_sample/wasserstein.h"
#include "tests/conformance/golden_file.h"
#include "tests/conformance/samples.h"

namespace driftd {
namespace {

using CountList = std::vector<std::uint64_t>;
using Samples = std::vector<double>;

bool is_p(const std::string& statistic) { return statistic.ends_with("_p") || statistic.find("_p_") != std::string::npos; }

// Statistics relative 1e-12; p-values relative 1e-9 from 1e-9 on, absolute 1e-12 below. What is 0 by cancellation: absolute 1e-12.
bool close(const std::string& statistic, double got, double want, double slack) {
  if (!is_p(statistic)) return std::abs(got - want) <= slack + 1e-12 * std::max(std::abs(want), 1e-3);
  return std::abs(got - want) <= (want >= 1e-9 ? 1e-9 * want : 1e-12);
}

void check(const std::string& statistic, double got, double want, double slack = 0) {
  CAPTURE(statistic);
  CAPTURE(got);
  CAPTURE(want);
  CHECK(close(statistic, got, want, slack));
}

struct Pair {
  Samples reference, current;  // sorted
};

Pair load_pair(const std::string& name) {
  Pair pair{golden::sample(name + ".reference"), golden::sample(name + ".current")};
  std::ranges::sort(pair.reference);
  std::ranges::sort(pair.current);
  return pair;
}

double on_samples(const std::string& statistic, const Pair& pair) {
  if (statistic == "w1") return wasserstein_distance(pair.reference, pair.current);
  if (statistic == "ks") return kolmogorov_smirnov(pair.reference, pair.current).statistic;
  const KsLaw law = statistic == "ks_p" ? KsLaw::kAuto : statistic == "ks_p_exact" ? KsLaw::kExact : KsLaw::kAsymptotic;
  return std::exp(kolmogorov_smirnov(pair.reference, pair.current, law).log_p);
}

double on_cells(const std::string& statistic, const CountList& r, const CountList& w) {
  const std::map<std::string, double (*)(const CountList&, const CountList&)> table{
      {"psi", [](const CountList& a, const CountList& b) { return psi(a, b).statistic; }},
      {"psi_p", [](const CountList& a, const CountList& b) { return std::exp(psi(a, b).log_p); }},
      {"psi_bc", [](const CountList& a, const CountList& b) { return psi(a, b).effect; }},
      {"kl_jeffreys", [](const CountList& a, const CountList& b) { return kullback_leibler(a, b); }},
      {"js_base2", [](const CountList& a, const CountList& b) { return jensen_shannon(a, b).statistic; }},
      {"js_base_e", [](const CountList& a, const CountList& b) { return jensen_shannon(a, b, EntropyUnit::kNats).statistic; }},
      {"hellinger", [](const CountList& a, const CountList& b) { return hellinger(a, b).statistic; }},
      {"tv", [](const CountList& a, const CountList& b) { return total_variation(a, b).statistic; }},
      {"linf", [](const CountList& a, const CountList& b) { return l_infinity(a, b).score.statistic; }},
      {"chi2", [](const CountList& a, const CountList& b) { return chi_square_unmerged(a, b).statistic; }},
      {"chi2_p", [](const CountList& a, const CountList& b) { return std::exp(chi_square_unmerged(a, b).log_p); }},
      {"chi2_df", [](const CountList& a, const CountList& b) { return chi_square_unmerged(a, b).cells_used - 1.0; }},
      {"g", [](const CountList& a, const CountList& b) { return g_test_unmerged(a, b).statistic; }},
      {"g_p", [](const CountList& a, const CountList& b) { return std::exp(g_test_unmerged(a, b).log_p); }},
      {"min_expected", [](const CountList& a, const CountList& b) { return min_expected_count(a, b); }},
      {"yates_chi2", [](const CountList& a, const CountList& b) { return chi_square_yates(a, b).statistic; }},
      {"yates_chi2_p", [](const CountList& a, const CountList& b) { return std::exp(chi_square_yates(a, b).log_p); }},
      {"fisher_p", [](const CountList& a, const CountList& b) { return std::exp(fisher_exact(a, b).log_p); }},
  };
  const auto found = table.find(statistic);
  CAPTURE(statistic);
  REQUIRE(found != table.end());
  return found->second(r, w);
}

std::uint64_t total(const CountList& counts) { return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}); }

CountList counts(std::string_view json) { return golden::numbers<std::uint64_t>(json.substr(1, json.size() - 2), ','); }

}  // namespace

TEST_CASE("statistics of samples equal SciPy's") {
  const std::set<std::string> ours{"ks", "ks_p", "ks_p_exact", "ks_p_asymp", "w1"};
  std::string loaded;
  Pair pair;
  int compared = 0;
  for (const auto& row : golden::rows("two_sample/expected.tsv")) {
    if (!ours.contains(row[1])) continue;
    if (row[0] != loaded) pair = load_pair(loaded = row[0]);
    CAPTURE(row[0]);
    check(row[1], on_samples(row[1], pair), golden::number<double>(row[2]));
    ++compared;
  }
  CHECK(compared == 88);
}

TEST_CASE("statistics of cells equal SciPy's and NumPy's") {
  std::map<std::pair<std::string, std::string>, std::pair<CountList, CountList>> cells;
  for (const auto& row : golden::rows("two_sample/cells.tsv")) cells[{row[0], row[1]}] = {counts(row[3]), counts(row[4])};
  int compared = 0;
  for (const auto& row : golden::rows("two_sample/expected.tsv")) {
    const auto dot = row[1].find('.');
    const bool two_by_two = row[1].starts_with("yates") || row[1].starts_with("fisher");
    if (dot == std::string::npos && !two_by_two) continue;
    const std::string group = two_by_two ? "cells" : row[1].substr(0, dot);
    const std::string statistic = two_by_two ? row[1] : row[1].substr(dot + 1);
    CAPTURE(row[0]);
    CAPTURE(group);
    const auto& [reference, current] = cells.at({row[0], group});
    // SciPy adds count * ln(count / expected), where an ulp of all rows is lost: 60-digit arithmetic agrees with us.
    const double slack = statistic == "g" ? 1e-16 * static_cast<double>(total(reference) + total(current)) : 0;
    check(statistic, on_cells(statistic, reference, current), golden::number<double>(row[2]), slack);
    ++compared;
  }
  CHECK(compared == 657);
}

TEST_CASE("the worked example of the literature: five cells") {
  const CountList r{120, 300, 80, 0, 500}, w{30, 40, 25, 5, 100};
  const std::pair<const char*, double> rows[] = {
      {"psi", .17434873147206956},
      {"js_base2", .1567131605696839},
      {"js_base_e", .13047226446138702},
      {"hellinger", .1445231714006263},
      {"tv", .1},
      {"linf", .1},
      {"kl_jeffreys", .11533398408051981},
      {"chi2", 35.93949579831933},
      {"chi2_p", 2.977825232106122e-07},
      {"g", 28.985923984155175},
      {"g_p", 7.86902700734392e-06},
  };
  for (const auto& [statistic, want] : rows) check(statistic, on_cells(statistic, r, w), want);
  const double parts[] = {.0068619234, .0403624446, .020528971, .1065778435, .000017549};
  const auto got = psi_contributions(r, w);
  for (std::size_t i = 0; i < 5; ++i) CHECK(got[i] == doctest::Approx(parts[i]).epsilon(1e-6));
  CHECK(l_infinity(r, w).cell == 1);
}

TEST_CASE("the worked example of the literature: two by two") {
  const CountList r{20, 80}, w{35, 65};
  check("yates_chi2", chi_square_yates(r, w).statistic, 4.915360501567398);
  check("yates_chi2_p", std::exp(chi_square_yates(r, w).log_p), .02661890761245943);
  check("chi2", chi_square_unmerged(r, w).statistic, 5.642633228840125);
  check("chi2_p", std::exp(chi_square_unmerged(r, w).log_p), .017528861260372782);
}

TEST_CASE("kstwo equals SciPy's, in every branch of its chooser") {
  for (const auto& row : golden::rows("kstwo.tsv")) {
    CAPTURE(row[0]);
    CAPTURE(row[1]);
    const double got = std::exp(log_kstwo_sf(golden::number<double>(row[1]), golden::number<std::uint64_t>(row[0])));
    check("ks_p", got, golden::number<double>(row[2]));
  }
}

}  // namespace driftd
