// The samples of tests/conformance/two_sample: read from their file, or, where they are too large to keep, drawn again.
// The generator is the one that pairs.json was made with: splitmix64, then integers and IEEE + - * / only, so that any
// language on any machine gets the same bits.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace driftd {

class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

// Kind N8 of pairs.json: nearly normal, from the eight 16-bit pieces of two outputs.
inline double next_n8(SplitMix64& random) {
  double sum = 0;
  for (int output = 0; output < 2; ++output) {
    const std::uint64_t bits = random.next();
    for (int piece = 0; piece < 64; piece += 16) sum += static_cast<double>((bits >> piece) & 0xFFFF);
  }
  return (sum - 262140) / 53510.0;
}

// The rows of pairs.json whose samples are not kept.
struct GeneratedSample {
  std::string_view pair, side;
  std::uint64_t seed;
  std::size_t rows;
  double add;
};
inline constexpr GeneratedSample kGeneratedSamples[] = {
    {"exact_limit", "reference", 34, 10'000, 0}, {"exact_limit", "current", 35, 10'000, 0.02}, {"asymptotic", "reference", 36, 10'001, 0},
    {"asymptotic", "current", 37, 5'000, 0.03},  {"large", "reference", 1, 200'000, 0},        {"large", "current", 2, 150'000, 0.005},
};

inline std::filesystem::path two_sample_folder() { return std::filesystem::path(DRIFTD_TESTS_DIR) / "conformance" / "two_sample"; }

// The cells of a stored sample as they are written, without the header. side: reference | current.
inline std::vector<std::string> two_sample_texts(const std::string& pair, const std::string& side) {
  std::ifstream file(two_sample_folder() / (pair + "." + side + ".csv"));
  if (!file) throw std::runtime_error("no sample " + pair + "." + side);
  std::vector<std::string> texts;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) texts.push_back(line);
  return texts;
}

// A numeric sample, stored or generated.
inline std::vector<double> two_sample_values(const std::string& pair, const std::string& side) {
  std::vector<double> values;
  for (const auto& sample : kGeneratedSamples) {
    if (sample.pair != pair || sample.side != side) continue;
    SplitMix64 random(sample.seed);
    for (std::size_t i = 0; i < sample.rows; ++i) values.push_back(next_n8(random) + sample.add);
    return values;
  }
  for (const auto& text : two_sample_texts(pair, side)) values.push_back(std::strtod(text.c_str(), nullptr));
  return values;
}

}  // namespace driftd
