// R6: what one value costs ADWIN. A plain list port of algorithms C.1 against ours; exits 1 if they do not fire at the same indices.
#include <fmt/format.h>

#include <random>
#include <vector>

#include "detectors/sequential/adwin.h"
#include "tests/bench/contest.h"
#include "tests/detectors/sequential/plain_adwin.h"

namespace driftd::bench {
namespace {

struct Workload {
  const char* name;
  std::uint64_t clock;
  std::size_t values;
  std::size_t change_every;  // 0: never
};

std::vector<double> draw(const Workload& load) {
  std::mt19937_64 random(7);
  std::vector<double> values(load.values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool high = load.change_every > 0 && i / load.change_every % 2 == 1;
    values[i] = 0.7 * static_cast<double>(random() >> 11) * 0x1p-53 + (high ? 0.3 : 0.0);
  }
  return values;
}

bool fires(Adwin& detector, double x) { return detector.update(x) == DriftState::kDrift; }
bool fires(PlainAdwin& detector, double x) { return detector.update(x); }

template <class Detector>
double cost(const std::vector<double>& values, std::uint64_t clock, std::vector<std::size_t>& fired) {
  Detector detector(AdwinParams{.clock = clock});
  fired.clear();
  const double start = thread_cpu_ns();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (fires(detector, values[i])) fired.push_back(i);
  }
  return (thread_cpu_ns() - start) / static_cast<double>(values.size());
}

bool run(const Workload& load) {
  const std::vector<double> values = draw(load);
  std::vector<std::size_t> by_plain, by_ours;
  const Contest contest({{fmt::format("{}: plain list port", load.name), [&] { return cost<PlainAdwin>(values, load.clock, by_plain); }},
                         {fmt::format("{}: ours", load.name), [&] { return cost<Adwin>(values, load.clock, by_ours); }}},
                        15);
  contest.print_costs("value");
  const bool equal = by_ours == by_plain;
  fmt::print("{} detections, {}\n", by_ours.size(), equal ? "equal" : "DIFFERENT");
  print_gate(fmt::format("R6 | ADWIN, {}: plain list port / ours", load.name), contest.ratio(0, 1), 3);
  return equal;
}

}  // namespace
}  // namespace driftd::bench

int main() {
  constexpr driftd::bench::Workload kLoads[] = {
      {"clock 32, stationary", 32, 1'000'000, 0},
      {"clock 32, drift every 20k", 32, 1'000'000, 20'000},
      {"clock 1, stationary", 1, 100'000, 0},
      {"clock 1, drift every 20k", 1, 100'000, 20'000},
  };
  bool equal = true;
  for (const auto& load : kLoads) equal = driftd::bench::run(load) && equal;
  return equal ? 0 : 1;
}
