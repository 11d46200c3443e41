// Interleaved rounds: every contestant runs once a round, forwards and backwards in turn (ABBA), so that a machine that changes its
// speed changes it for all. Ratios are taken within a round; what counts is their median and their worst quartile.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace driftd::bench {

struct Contestant {
  std::string name;
  std::function<double()> cost;  // runs once; CPU nanoseconds per unit of work
};

struct Quartiles {
  double lower = 0, median = 0, upper = 0;
};
Quartiles quartiles(std::vector<double> values);

class Contest {
 public:
  Contest(std::vector<Contestant> contestants, std::size_t rounds);  // runs one warm round, then the rounds
  Quartiles cost(std::size_t contestant) const;
  Quartiles ratio(std::size_t over, std::size_t under) const;  // cost of one divided by cost of the other, per round
  std::size_t shaky_rounds() const { return shaky_; }          // in which the speed probe moved by more than 10%
  void print_costs(const std::string& unit) const;             // a table: ns per unit, ratio to the first

 private:
  std::vector<Contestant> contestants_;
  std::vector<std::vector<double>> costs_;  // by contestant, by round
  std::size_t shaky_ = 0;
};

// One line of the table that tests/bench/run puts together: "R1 | what | median | worst quartile | gate | PASS or MISS".
// A ratio has to be at least its gate, or at most; gate 0: shown only.
enum class Gate : std::uint8_t { kAtLeast, kAtMost };
void print_gate(const std::string& what, const Quartiles& ratio, double gate, Gate side = Gate::kAtLeast);

double thread_cpu_ns();   // of the calling thread
double speed_probe_ns();  // CPU time of a fixed loop

// Keeps the compiler from leaving out work whose result nobody reads.
inline void keep(const auto& value) { asm volatile("" : : "r,m"(value) : "memory"); }

}  // namespace driftd::bench
