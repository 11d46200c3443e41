#include "tests/bench/contest.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <utility>

namespace driftd::bench {

void print_gate(const std::string& what, const Quartiles& ratio, double gate, Gate side) {
  const bool at_least = side == Gate::kAtLeast;
  const bool holds = at_least ? ratio.median >= gate : ratio.median <= gate;
  fmt::print("{} | {:.2f} | {:.2f} | ", what, ratio.median, at_least ? ratio.lower : ratio.upper);
  if (gate == 0) fmt::print("- | -\n");
  if (gate != 0) fmt::print("{} {:.2f} | {}\n", at_least ? ">=" : "<=", gate, holds ? "PASS" : "MISS");
}

double thread_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double speed_probe_ns() {
  const double start = thread_cpu_ns();
  std::uint64_t state = 1;
  for (int i = 0; i < 2'000'000; ++i) state = state * 6364136223846793005U + 1442695040888963407U;
  keep(state);
  return thread_cpu_ns() - start;
}

Quartiles quartiles(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](std::size_t quarter) { return values[(values.size() - 1) * quarter / 4]; };
  return {at(1), at(2), at(3)};
}

Contest::Contest(std::vector<Contestant> contestants, std::size_t rounds) : contestants_(std::move(contestants)) {
  costs_.resize(contestants_.size());
  for (const Contestant& contestant : contestants_) contestant.cost();
  for (std::size_t round = 0; round < rounds; ++round) {
    const double before = speed_probe_ns();
    for (std::size_t i = 0; i < contestants_.size(); ++i) {
      const std::size_t which = round % 2 == 0 ? i : contestants_.size() - 1 - i;
      costs_[which].push_back(contestants_[which].cost());
    }
    const double moved = speed_probe_ns() / before;
    if (moved > 1.1 || moved < 1 / 1.1) ++shaky_;
  }
}

Quartiles Contest::cost(std::size_t contestant) const { return quartiles(costs_[contestant]); }

Quartiles Contest::ratio(std::size_t over, std::size_t under) const {
  std::vector<double> ratios;
  for (std::size_t round = 0; round < costs_[over].size(); ++round) ratios.push_back(costs_[over][round] / costs_[under][round]);
  return quartiles(ratios);
}

void Contest::print_costs(const std::string& unit) const {
  fmt::print("{:<44} {:>10} {:>10} {:>10}\n", "CPU ns per " + unit, "median", "quartile", "x first");
  for (std::size_t i = 0; i < contestants_.size(); ++i) {
    const Quartiles ns = cost(i);
    fmt::print("{:<44} {:>10.1f} {:>10.1f} {:>10.2f}\n", contestants_[i].name, ns.median, ns.upper, ratio(i, 0).median);
  }
  fmt::print("{} rounds, {} of them with a speed probe that moved by more than 10%\n\n", costs_.front().size(), shaky_);
}

}  // namespace driftd::bench
