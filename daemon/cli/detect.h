// What `driftd detect` does, apart from its flags: numbers from a stream through one sequential detector.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <istream>
#include <span>
#include <string>

#include "detectors/registry.h"

namespace driftd {

// A detector from `NAME` and words `key=value`. The error is one line with a suggestion where one is near, and what exists.
std::expected<SequentialVariant, std::string> detector_of_words(const std::string& name, std::span<const std::string> words);

// Feeds one number a line; calls on_state(index, state) for every warning and drift, at once. The error names the line, counted from 1.
std::expected<void, std::string> detect_values(std::istream& in, SequentialVariant& detector,
                                               const std::function<void(std::uint64_t, DriftState)>& on_state);

}  // namespace driftd
