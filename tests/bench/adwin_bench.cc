// ADWIN against a plain list port of algorithms C.1, interleaved in one process. Prints ns per value and the ratio (median of runs);
// exits 1 if the two do not fire at the same indices. Not a test: the ratios depend on the machine, the indices do not.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <vector>

#include "detectors/sequential/adwin.h"
#include "tests/detectors/sequential/plain_adwin.h"

namespace {

using driftd::Adwin;
using driftd::AdwinParams;
using driftd::DriftState;
using driftd::PlainAdwin;

struct Workload {
  const char* name;
  std::uint64_t clock;
  std::size_t values;
  std::size_t change_every;  // 0: never
};

std::vector<double> draw(const Workload& load) {
  std::mt19937_64 generator(7);
  std::vector<double> values(load.values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool high = load.change_every > 0 && i / load.change_every % 2 == 1;
    const double uniform = static_cast<double>(generator() >> 11) * 0x1p-53;
    values[i] = 0.7 * uniform + (high ? 0.3 : 0.0);
  }
  return values;
}

struct Run {
  double ns = 0;
  std::vector<std::size_t> fired;
};

template <class Detector>
Run measure(const std::vector<double>& values, std::uint64_t clock) {
  AdwinParams params;
  params.clock = clock;
  Detector detector(params);
  Run run;
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if constexpr (std::is_same_v<Detector, Adwin>) {
      if (detector.update(values[i]) == DriftState::kDrift) run.fired.push_back(i);
    } else {
      if (detector.update(values[i])) run.fired.push_back(i);
    }
  }
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  run.ns = took.count() / static_cast<double>(values.size());
  return run;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

bool compare(const Workload& load) {
  constexpr int kRuns = 9;
  const std::vector<double> values = draw(load);
  std::vector<double> plain_ns, ours_ns, ratios;
  bool equal = true;
  std::size_t fired = 0;
  for (int i = 0; i < kRuns; ++i) {
    const Run plain = measure<PlainAdwin>(values, load.clock);
    const Run ours = measure<Adwin>(values, load.clock);
    plain_ns.push_back(plain.ns);
    ours_ns.push_back(ours.ns);
    ratios.push_back(plain.ns / ours.ns);
    equal = equal && plain.fired == ours.fired;
    fired = ours.fired.size();
  }
  std::printf("%-28s %8.1f %8.1f %7.2f %7zu  %s\n", load.name, median(plain_ns), median(ours_ns), median(ratios), fired,
              equal ? "equal" : "DIFFERENT");
  return equal;
}

}  // namespace

int main() {
  constexpr Workload kLoads[] = {
      {"clock 32, stationary", 32, 1'000'000, 0},
      {"clock 32, drift every 20k", 32, 1'000'000, 20'000},
      {"clock 1, stationary", 1, 100'000, 0},
      {"clock 1, drift every 20k", 1, 100'000, 20'000},
  };
  std::printf("%-28s %8s %8s %7s %7s  detections\n", "workload", "plain ns", "ours ns", "ratio", "fired");
  bool equal = true;
  for (const Workload& load : kLoads) equal = compare(load) && equal;
  return equal ? 0 : 1;
}
