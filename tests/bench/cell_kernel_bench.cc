// R7: what one value costs to find its cell and count it, per number of edges. Row std::upper_bound (what one writes first) against the
// kernel's clones over a column in place. Every batch holds values never seen before: a predictor that learns them would flatter the rows.
#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <vector>

#include "daemon/decode/record_batch.h"
#include "detectors/reference/cell_kernel.h"
#include "tests/bench/contest.h"
#include "tests/bench/fixture.h"

namespace driftd::bench {
namespace {

constexpr std::size_t kFeatures = 20, kBatches = 400;

// Columns of all batches, one set of edges a feature, one counter a cell.
struct Workload {
  std::vector<NumericCells> cells;
  std::vector<CellKernel> kernels;
  std::vector<double> columns;
  std::vector<std::vector<std::uint32_t>> counts;
};

Workload make_workload(std::size_t edges) {
  Workload load;
  std::mt19937_64 random(edges);
  std::lognormal_distribution<double> values(0.0, 1.5);
  load.columns.resize(kBatches * kFeatures * kColumnStride);
  std::ranges::generate(load.columns, [&] { return values(random); });
  for (std::size_t f = 0; f < kFeatures; ++f) {
    load.cells.push_back(make_cells(edges, f));
    load.kernels.emplace_back(load.cells.back());
    load.counts.emplace_back(edges + 1);
  }
  return load;
}

double by_upper_bound(Workload& load) {
  const double start = thread_cpu_ns();
  for (std::size_t batch = 0; batch < kBatches; ++batch) {
    for (std::size_t row = 0; row < kBatchRows; ++row) {
      for (std::size_t f = 0; f < kFeatures; ++f) {
        const auto& edges = load.cells[f].edges;
        const auto found = std::ranges::upper_bound(edges, load.columns[(batch * kFeatures + f) * kColumnStride + row]);
        ++load.counts[f][static_cast<std::size_t>(found - edges.begin())];
      }
    }
  }
  return (thread_cpu_ns() - start) / static_cast<double>(kBatches * kBatchRows * kFeatures);
}

double by_kernel(Workload& load, Simd simd) {
  std::uint16_t ids[kBatchRows];
  const double start = thread_cpu_ns();
  for (std::size_t batch = 0; batch < kBatches; ++batch) {
    for (std::size_t f = 0; f < kFeatures; ++f) {
      load.kernels[f].cells(simd, {load.columns.data() + (batch * kFeatures + f) * kColumnStride, kBatchRows}, ids);
      for (const std::uint16_t id : ids) ++load.counts[f][id];
    }
  }
  return (thread_cpu_ns() - start) / static_cast<double>(kBatches * kBatchRows * kFeatures);
}

void run(std::size_t edges) {
  Workload load = make_workload(edges);
  std::vector<Contestant> contestants{{fmt::format("{} edges: row upper_bound", edges), [&] { return by_upper_bound(load); }}};
  for (const auto& [name, simd] : {std::pair{"scalar", Simd::kScalar}, {"avx2", Simd::kAvx2}, {"avx512", Simd::kAvx512}}) {
    if (has_simd(simd))
      contestants.push_back({fmt::format("{} edges: kernel {}", edges, name), [&, simd] { return by_kernel(load, simd); }});
  }
  const Contest contest(contestants, 15);
  contest.print_costs("value");
  print_gate(fmt::format("R7 | {} edges: row upper_bound / kernel", edges), contest.ratio(0, contestants.size() - 1), 12);
}

}  // namespace
}  // namespace driftd::bench

int main() {
  for (const std::size_t edges : {20, 64, 255, 400}) driftd::bench::run(edges);
}
