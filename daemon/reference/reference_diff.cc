#include "daemon/reference/reference_diff.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <set>

#include "detectors/two_sample/distances.h"
#include "detectors/two_sample/psi.h"

namespace driftd {
namespace {

using CountList = std::vector<std::uint64_t>;

constexpr std::string_view kNoRows = "one side has no valid value";
constexpr std::string_view kOtherEdges = "the sides have other edges; `driftd compare` on their rows tells";
constexpr std::string_view kUnlisted = "categories of B that its dictionary does not list would fall into different cells";
constexpr double kInfinity = std::numeric_limits<double>::infinity();

const FeatureCounts& all_rows(const FeatureReference& feature) { return feature.segments[0]; }

std::uint64_t valid_rows(const FeatureReference& feature) {
  return all_rows(feature).classes[static_cast<std::size_t>(ValueClass::kValid)];
}

double missing_share(const FeatureReference& feature) {
  const ClassCounts& classes = all_rows(feature).classes;
  const auto rows = std::accumulate(classes.begin(), classes.end(), std::uint64_t{0});
  return rows == 0 ? kNoNumber : 1 - static_cast<double>(valid_rows(feature)) / static_cast<double>(rows);
}

// What cells prove of a distribution function F: its value at each edge, and that it never falls. Discrete cells give all of it.
class KnownFunction {
 public:
  explicit KnownFunction(const FeatureReference& feature) : steps_(feature.numeric.discrete), min_(feature.min) {
    const auto n = static_cast<double>(valid_rows(feature));
    std::uint64_t up_to = 0;
    for (std::size_t i = 0; i < feature.numeric.edges.size(); ++i) {
      up_to += all_rows(feature).cells[i];
      points_.push_back({feature.numeric.edges[i], static_cast<double>(up_to) / n});
    }
    if (points_.empty() || points_.back().x < feature.max) points_.push_back({feature.max, 1});
  }

  double low(double x) const {  // F(x) is at least this
    const auto above = std::ranges::upper_bound(points_, x, {}, &Point::x);
    return above == points_.begin() ? 0 : std::prev(above)->f;
  }
  double high(double x) const {  // and at most this
    const double below = low(x);
    if (x < min_) return 0;
    if (steps_ || is_point(x)) return below;
    return high_before(x);
  }
  double high_before(double x) const {  // F at most this anywhere left of x
    if (x <= min_) return 0;
    const auto next = std::ranges::lower_bound(points_, x, {}, &Point::x);
    if (steps_) return next == points_.begin() ? 0 : std::prev(next)->f;
    return next == points_.end() ? 1 : next->f;
  }

  void add_points(std::set<double>& all) const {
    all.insert(min_);
    for (const Point& point : points_) all.insert(point.x);
  }

 private:
  struct Point {
    double x, f;
  };
  bool is_point(double x) const { return std::ranges::binary_search(points_, x, {}, &Point::x); }

  bool steps_;
  double min_;
  std::vector<Point> points_;
};

// At a point the functions are apart by at least the gap between what is known of each; between two points by at most the largest
// difference that both may have there.
void bound_ks(FeatureDiff& diff) {
  const KnownFunction a(*diff.a), b(*diff.b);
  std::set<double> points;
  a.add_points(points);
  b.add_points(points);
  diff.ks_low = diff.ks_high = 0;
  double left = -kInfinity;
  for (const double x : points) {
    diff.ks_low = std::max({diff.ks_low, a.low(x) - b.high(x), b.low(x) - a.high(x)});
    diff.ks_high = std::max({diff.ks_high, a.high(x) - b.low(x), b.high(x) - a.low(x)});
    diff.ks_high = std::max({diff.ks_high, a.high_before(x) - b.low(left), b.high_before(x) - a.low(left)});
    left = x;
  }
}

// B's rows in A's cells, where they are known.
std::optional<CountList> counts_in(const NumericCells& cells, const FeatureReference& b) {
  const CountList& counts = all_rows(b).cells;
  if (cells == b.numeric) return counts;
  CountList mapped(cells.size(), 0);
  if (b.numeric.discrete) {
    for (std::size_t i = 0; i < b.numeric.edges.size(); ++i) mapped[cells.cell(b.numeric.edges[i])] += counts[i];
    return mapped;
  }
  if (cells.discrete || !std::ranges::includes(b.numeric.edges, cells.edges)) return std::nullopt;
  std::size_t into = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    mapped[into] += counts[i];
    if (into < cells.edges.size() && i < b.numeric.edges.size() && b.numeric.edges[i] == cells.edges[into]) ++into;
  }
  return mapped;
}

void diff_numbers(FeatureDiff& diff) {
  bound_ks(diff);
  diff.moved = diff.ks_low;
  const NumericCells& cells = diff.a->numeric;
  const auto mapped = counts_in(cells, *diff.b);
  if (!mapped) {
    diff.psi_unknown = kOtherEdges;
    return;
  }
  const auto coarse = [&](const CountList& fine) { return coarse_counts<std::uint64_t>(cells.coarse, fine); };
  diff.psi = psi(coarse(all_rows(*diff.a).cells), coarse(*mapped)).effect;
}

// The cell of A that every category outside B's dictionary falls into; nullopt: several, or not all are known.
std::optional<std::uint32_t> cell_of_unlisted(const CategoryIndex& a, const CategoryCells& b) {
  if (b.known_hashes.size() >= kKnownHashes) return std::nullopt;
  std::set<std::uint64_t> listed;
  for (const std::string& name : b.dictionary) listed.insert(hash_category(name));
  std::set<std::uint32_t> cells;
  for (const std::uint64_t hash : b.known_hashes) {
    if (!listed.contains(hash)) cells.insert(a.cell(hash));
  }
  return cells.size() == 1 ? std::optional(*cells.begin()) : std::nullopt;
}

double shares_lost(const CountList& a, const CountList& b, double n, double m) {
  double lost = 0;
  for (std::size_t i = 0; i < a.size(); ++i) lost += std::max(0.0, static_cast<double>(a[i]) / n - static_cast<double>(b[i]) / m);
  return lost;
}

void name_changes(FeatureDiff& diff, const CategoryIndex& a) {
  const CategoryIndex b(diff.b->categories);
  for (const std::string& name : diff.b->categories.dictionary) {
    if (a.cell(hash_category(name)) == diff.a->categories.unseen()) diff.appeared.push_back(name);
  }
  for (const std::string& name : diff.a->categories.dictionary) {
    if (b.cell(hash_category(name)) == diff.b->categories.unseen()) diff.vanished.push_back(name);
  }
}

void diff_categories(FeatureDiff& diff) {
  const CategoryCells& known = diff.a->categories;
  const CategoryIndex index(known);
  name_changes(diff, index);
  const CountList& counts = all_rows(*diff.b).cells;
  const CategoryCells& others = diff.b->categories;
  CountList mapped(known.size(), 0);
  for (std::size_t i = 0; i < others.dictionary.size(); ++i) mapped[index.cell(hash_category(others.dictionary[i]))] += counts[i];
  std::uint64_t unlisted = counts[others.other_known()] + counts[others.unseen()];
  if (const auto cell = cell_of_unlisted(index, others); unlisted > 0 && cell) {
    mapped[*cell] += unlisted;
    unlisted = 0;
  }
  const auto n = static_cast<double>(valid_rows(*diff.a)), m = static_cast<double>(valid_rows(*diff.b));
  const CountList& before = all_rows(*diff.a).cells;
  diff.total_variation_low = std::max(0.0, shares_lost(before, mapped, n, m) - static_cast<double>(unlisted) / m);
  diff.moved = diff.total_variation_low;
  if (unlisted == 0) {
    diff.psi = psi(before, mapped).effect;
  } else {
    diff.psi_unknown = kUnlisted;
  }
}

FeatureDiff diff_feature(const std::string& name, const FeatureReference* a, const FeatureReference* b) {
  FeatureDiff diff;
  diff.name = name;
  diff.a = a;
  diff.b = b;
  if (a == nullptr || b == nullptr || a->type != b->type) {
    diff.change = a == nullptr ? FeatureDiff::Change::kOnlyInB : b == nullptr ? FeatureDiff::Change::kOnlyInA : FeatureDiff::Change::kType;
    diff.moved = 1;
    return diff;
  }
  diff.missing_a = missing_share(*a);
  diff.missing_b = missing_share(*b);
  if (valid_rows(*a) == 0 || valid_rows(*b) == 0) {
    diff.psi_unknown = kNoRows;
  } else {
    a->type == FeatureType::kNumeric ? diff_numbers(diff) : diff_categories(diff);
  }
  diff.moved = std::fmax(diff.moved, std::fabs(diff.missing_a - diff.missing_b));
  return diff;
}

}  // namespace

std::vector<FeatureDiff> diff_references(const Reference& a, const Reference& b) {
  std::set<std::string> names;
  for (const Reference* side : {&a, &b}) {
    for (const auto& feature : side->features) names.insert(feature.name);
  }
  std::vector<FeatureDiff> diffs;
  for (const std::string& name : names) diffs.push_back(diff_feature(name, a.find(name), b.find(name)));
  std::ranges::stable_sort(diffs, std::ranges::greater{}, &FeatureDiff::moved);
  return diffs;
}

}  // namespace driftd
