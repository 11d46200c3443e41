#include "daemon/reference/reference_diff.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>

#include "daemon/reference/reference_builder.h"
#include "detectors/two_sample/kolmogorov_smirnov.h"
#include "detectors/two_sample/psi.h"
#include "tests/temp_folder.h"

namespace driftd {
namespace {

using Change = FeatureDiff::Change;
using Values = std::vector<double>;

Reference built(const std::string& rows) {
  const TempFolder folder;
  auto reference = build_reference({folder.write("rows.csv", rows)}, {});
  REQUIRE_MESSAGE(reference.has_value(), (reference ? "" : reference.error().message));
  return std::move(*reference);
}

Reference of_numbers(const Values& values) {
  std::string rows = "x,c\n";
  for (const double value : values) rows += fmt::format("{},c\n", value);
  return built(rows);
}

Reference of_texts(const std::vector<std::pair<std::string, int>>& counts) {
  std::string rows = "x\n";
  for (const auto& [text, count] : counts) {
    for (int i = 0; i < count; ++i) rows += text + "\n";
  }
  return built(rows);
}

FeatureDiff diff_of(const Reference& a, const Reference& b, const std::string& name = "x") {
  for (auto& diff : diff_references(a, b)) {
    if (diff.name == name) return diff;
  }
  FAIL("no feature " << name);
  return {};
}

Values sample(std::uint64_t seed, int count, const std::function<double(std::mt19937_64&)>& draw) {
  std::mt19937_64 random(seed);
  Values values;
  for (int i = 0; i < count; ++i) values.push_back(draw(random));
  return values;
}

double normal(std::mt19937_64& random, double mean, double deviation) { return std::normal_distribution<double>(mean, deviation)(random); }

}  // namespace

TEST_CASE("the bounds on KS hold the exact distance, and are narrow") {
  const auto first = [](std::mt19937_64& random) { return normal(random, 0, 1); };
  const struct {
    const char* name;
    std::function<double(std::mt19937_64&)> draw;
  } rows[] = {
      {"the same law", first},
      {"shifted", [](std::mt19937_64& random) { return normal(random, 0.5, 1); }},
      {"far away", [](std::mt19937_64& random) { return normal(random, 50, 1); }},
      {"narrower", [](std::mt19937_64& random) { return normal(random, 0, 0.2); }},
      {"with an atom", [](std::mt19937_64& random) { return random() % 4 == 0 ? 0.25 : normal(random, 0, 1); }},
      {"few values", [](std::mt19937_64& random) { return static_cast<double>(random() % 7) / 2 - 1; }},
      {"one value", [](std::mt19937_64&) { return 0.5; }},
  };
  for (const auto& row : rows) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      CAPTURE(row.name);
      CAPTURE(seed);
      Values a = sample(seed, 3000, first), b = sample(seed + 100, 2000, row.draw);
      const Reference reference_a = of_numbers(a), reference_b = of_numbers(b);
      std::ranges::sort(a);
      std::ranges::sort(b);
      const double exact = kolmogorov_smirnov(a, b, KsLaw::kAsymptotic).statistic;
      const FeatureDiff forth = diff_of(reference_a, reference_b), back = diff_of(reference_b, reference_a);
      CHECK(forth.ks_low <= exact + 1e-12);
      CHECK(forth.ks_high >= exact - 1e-12);
      CHECK(forth.ks_high - forth.ks_low < 0.02);
      CHECK(back.ks_low == forth.ks_low);
      CHECK(back.ks_high == forth.ks_high);
      CHECK(forth.moved == forth.ks_low);
    }
  }
}

TEST_CASE("between two discrete references everything is exact") {
  const auto draw = [](std::mt19937_64& random) { return static_cast<double>(random() % 5); };
  const auto other = [](std::mt19937_64& random) { return static_cast<double>(random() % 7); };
  Values a = sample(1, 1000, draw), b = sample(2, 1500, other);
  const FeatureDiff diff = diff_of(of_numbers(a), of_numbers(b));
  std::ranges::sort(a);
  std::ranges::sort(b);
  CHECK(diff.ks_low == doctest::Approx(kolmogorov_smirnov(a, b, KsLaw::kAsymptotic).statistic).epsilon(1e-12));
  CHECK(diff.ks_high == diff.ks_low);
  // A's cells are its five values, and one for what is none of them.
  std::vector<std::uint64_t> r(6), w(6);
  for (const double value : a) ++r[static_cast<std::size_t>(value)];
  for (const double value : b) ++w[std::min<std::size_t>(static_cast<std::size_t>(value), 5)];
  CHECK(diff.psi == psi(r, w).effect);
}

TEST_CASE("PSI is that of B's rows in A's cells, where those are known, and else a reason") {
  const auto law = [](std::mt19937_64& random) { return std::round(100 * normal(random, 0, 1)) / 100; };
  const Values a = sample(1, 5000, law);
  Reference reference_a = of_numbers(a), reference_b = of_numbers(sample(2, 5000, law));
  const FeatureReference& x = *reference_a.find("x");
  const auto coarse_of = [&](const Values& values) {
    std::vector<std::uint64_t> fine(x.numeric.size());
    for (const double value : values) ++fine[x.numeric.cell(value)];
    return coarse_counts<std::uint64_t>(x.numeric.coarse, fine);
  };
  REQUIRE_FALSE(x.numeric.discrete);

  FeatureDiff diff = diff_of(reference_a, reference_b);
  CHECK(std::isnan(diff.psi));
  CHECK(diff.psi_unknown == "the sides have other edges; `driftd compare` on their rows tells");

  diff = diff_of(reference_a, reference_a);
  CHECK(diff.psi == psi(coarse_of(a), coarse_of(a)).effect);
  CHECK(diff.ks_low == 0);
  CHECK(diff.psi_unknown == "");

  // B discrete: each of its values is known.
  const Values few = sample(3, 900, [](std::mt19937_64& random) { return static_cast<double>(random() % 3); });
  CHECK(diff_of(reference_a, of_numbers(few)).psi == psi(coarse_of(a), coarse_of(few)).effect);
  CHECK(std::isnan(diff_of(of_numbers(few), reference_a).psi));

  // A's edges among B's: A's cells are sums of B's.
  Reference coarser = reference_b;
  FeatureReference& joined = coarser.features.at(0).name == "x" ? coarser.features.at(0) : coarser.features.at(1);
  const FeatureReference fine = joined;
  joined.numeric.edges = {fine.numeric.edges[9], fine.numeric.edges[99]};
  joined.numeric.coarse = {0, 1, 2, 3};
  const auto& cells = fine.segments[0].cells;
  joined.segments[0].cells = {std::accumulate(cells.begin(), cells.begin() + 10, std::uint64_t{0}),
                              std::accumulate(cells.begin() + 10, cells.begin() + 100, std::uint64_t{0}),
                              std::accumulate(cells.begin() + 100, cells.end(), std::uint64_t{0})};
  CHECK(diff_of(coarser, reference_b).psi == psi(joined.segments[0].cells, joined.segments[0].cells).effect);
}

TEST_CASE("categories: what appeared, what vanished, and how much of the rows moved") {
  const Reference a = of_texts({{"de", 500}, {"fr", 400}, {"it", 100}});
  const FeatureDiff diff = diff_of(a, of_texts({{"de", 1000}, {"es", 600}, {"fr", 400}}));
  CHECK(diff.appeared == std::vector<std::string>{"es"});
  CHECK(diff.vanished == std::vector<std::string>{"it"});
  CHECK(diff.total_variation_low == doctest::Approx(0.3));
  CHECK(diff.moved == diff.total_variation_low);
  const std::vector<std::uint64_t> r{500, 400, 100, 0, 0}, w{1000, 400, 0, 0, 600};
  CHECK(diff.psi == psi(r, w).effect);

  // Categories of fewer than five rows have no count of their own: all unknown to A, they are known to be that.
  const FeatureDiff rare = diff_of(a, of_texts({{"de", 500}, {"fr", 400}, {"it", 98}, {"x", 1}, {"y", 1}}));
  const std::vector<std::uint64_t> known{500, 400, 98, 0, 2};
  CHECK(rare.psi == psi(r, known).effect);
  CHECK(rare.appeared.empty());

  // One of them known to A, one not: their rows cannot be told apart, and only what is certain counts as moved.
  const FeatureDiff mixed = diff_of(a, of_texts({{"de", 500}, {"fr", 494}, {"it", 3}, {"x", 3}}));
  CHECK(std::isnan(mixed.psi));
  CHECK(mixed.psi_unknown == "categories of B that its dictionary does not list would fall into different cells");
  CHECK(mixed.total_variation_low == doctest::Approx(0.1 - 0.006));
}

TEST_CASE("features and types that are not on both sides, and missing values; most moved first") {
  const Reference a = built("gone,kind,same,thin\n1.5,1.5,a,1.5\n2.5,2.5,a,2.5\n1.5,1.5,b,1.5\n2.5,2.5,b,2.5\n");
  const Reference b = built("kind,new,same,thin\nu,1.5,a,\nv,2.5,a,2.5\nu,1.5,b,\nv,2.5,b,\n");
  std::vector<std::string> order;
  for (const auto& diff : diff_references(a, b)) order.push_back(fmt::format("{} {}", diff.name, static_cast<int>(diff.change)));
  CHECK(order == std::vector<std::string>{"gone 1", "kind 3", "new 2", "thin 0", "same 0"});
  const FeatureDiff thin = diff_of(a, b, "thin");
  CHECK(thin.missing_a == 0);
  CHECK(thin.missing_b == 0.75);
  CHECK(thin.moved == 0.75);
  CHECK(diff_of(a, b, "same").moved == 0);

  Reference empty = b;
  for (auto& feature : empty.features) {
    std::ranges::fill(feature.segments[0].cells, 0);
    feature.segments[0].classes = {};
    feature.segments[0].classes[static_cast<std::size_t>(ValueClass::kNull)] = 4;
  }
  CHECK(diff_of(a, empty, "thin").psi_unknown == "one side has no valid value");
  CHECK(std::isnan(diff_of(a, empty, "thin").ks_low));
}

}  // namespace driftd
