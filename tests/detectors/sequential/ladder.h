// The rungs that every sequential detector must stand on: saved state goes on as the original would, damaged bytes are refused.
#pragma once

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "detectors/detector.h"

namespace driftd {

inline std::vector<double> switching_stream(std::uint64_t seed, std::size_t n) {
  std::mt19937_64 generator(seed);
  std::vector<double> values(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double share = i / 700 % 2 == 0 ? 0.2 : 0.7;
    values[i] = static_cast<double>(generator() >> 11) * 0x1p-53 < share ? 1.0 : 0.0;
  }
  return values;
}

template <class Detector>
std::string bytes_of(const Detector& detector) {
  std::string bytes;
  detector.save(bytes);
  return bytes;
}

// Saves and loads at every 97th value of a stream; the copy must give the same answers and bytes to the end.
template <class Detector>
void check_round_trip(const Detector& fresh) {
  const auto values = switching_stream(11, 4000);
  Detector detector = fresh, copy = fresh;
  std::size_t drifts = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const DriftState state = detector.update(values[i]);
    REQUIRE(copy.update(values[i]) == state);
    drifts += state == DriftState::kDrift;
    if (i % 97 != 0 && state != DriftState::kDrift) continue;
    const std::string bytes = bytes_of(detector) + "rest";
    std::string_view in = bytes;
    copy = fresh;
    REQUIRE(copy.load(in));
    CHECK(in == "rest");
    CHECK(bytes_of(copy) + "rest" == bytes);
  }
  CHECK(drifts > 0);
}

// Every cut and every changed byte of a saved state is refused, and the detector stays as it was.
template <class Detector>
void check_damage_is_refused(const Detector& fresh) {
  Detector detector = fresh;
  for (const double x : switching_stream(12, 300)) detector.update(x);
  const std::string bytes = bytes_of(detector);
  Detector target = fresh;
  const std::string untouched = bytes_of(target);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::string_view in = std::string_view(bytes).substr(0, size);
    REQUIRE_FALSE(target.load(in));
    REQUIRE(in.size() == size);
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << i % 8));
    std::string_view in = damaged;
    REQUIRE_FALSE(target.load(in));
  }
  CHECK(bytes_of(target) == untouched);
}

template <class Detector>
void check_other_parameters_are_refused(const Detector& detector, Detector other) {
  const std::string bytes = bytes_of(detector);
  std::string_view in = bytes;
  CHECK_FALSE(other.load(in));
  CHECK(in.size() == bytes.size());
}

template <class Detector>
void check_constant_is_quiet(Detector detector, double value) {
  for (int i = 0; i < 20'000; ++i) REQUIRE(detector.update(value) == DriftState::kStable);
}

}  // namespace driftd
