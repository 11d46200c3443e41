#include "daemon/cli/detect.h"

#include <doctest/doctest.h>

#include <sstream>
#include <vector>

namespace driftd {
namespace {

struct Detected {
  std::vector<std::uint64_t> drifts, warnings;
  std::string error;
};

Detected detect(const std::string& name, const std::vector<std::string>& words, const std::string& text) {
  auto detector = detector_of_words(name, words);
  REQUIRE(detector.has_value());
  std::istringstream in(text);
  Detected detected;
  const auto read = detect_values(in, *detector, [&](std::uint64_t index, DriftState state) {
    (state == DriftState::kDrift ? detected.drifts : detected.warnings).push_back(index);
  });
  if (!read) detected.error = read.error();
  return detected;
}

std::string repeated(const std::string& line, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += line;
  return text;
}

}  // namespace

TEST_CASE("detect: indices are 0-based and CRLF and a missing last newline are read") {
  const auto detected = detect("page_hinkley", {"min_instances=2", "threshold=1"}, "0\r\n0\n5");
  CHECK(detected.drifts == std::vector<std::uint64_t>{2});
  CHECK(detected.error.empty());
}

TEST_CASE("detect: every warning is reported") {
  const std::string text = repeated("1\n0\n0\n0\n0\n0\n0\n0\n0\n0\n", 40) + repeated("1\n", 60);
  const auto detected = detect("ddm", {}, text);
  REQUIRE_FALSE(detected.drifts.empty());
  REQUIRE_FALSE(detected.warnings.empty());
  CHECK(detected.warnings.front() >= 400);
  CHECK(detected.drifts.front() > detected.warnings.front());
}

TEST_CASE("detect: a word of a parameter decides the direction") {
  const std::string fall = repeated("1\n", 50) + repeated("-9\n", 50);
  CHECK(detect("page_hinkley", {"mode=up"}, fall).drifts.empty());
  CHECK_FALSE(detect("page_hinkley", {"mode=down"}, fall).drifts.empty());
}

TEST_CASE("detect: no input is no detection and no error") {
  const auto detected = detect("adwin", {}, "");
  CHECK(detected.drifts.empty());
  CHECK(detected.error.empty());
}

TEST_CASE("detect: a bad line is named, and what is wrong with it") {
  struct Row {
    std::string name, text, want;
  };
  const Row rows[] = {
      {"adwin", "1\nx\n", "line 2: 'x' is not a number"},
      {"adwin", "1\n\n2\n", "line 2: '' is not a number"},
      {"adwin", "nan\n", "line 1: 'nan' is not a number"},
      {"adwin", "1e999\n", "line 1: '1e999' is not a number"},
      {"adwin", "1,2\n", "line 1: '1,2' is not a number"},
      {"adwin", "\x1b[2J\n", "line 1: '?[2J' is not a number"},
      {"adwin", std::string(50, 'y'), "line 1: '" + std::string(40, 'y') + "...' is not a number"},
      {"ddm", "0\n1\n2\n", "line 3: 2 is outside of 0 to 1, which ddm takes"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(detect(row.name, {}, row.text).error == row.want);
  }
}

TEST_CASE("detect: what cannot be made says why and what exists") {
  struct Row {
    std::string name;
    std::vector<std::string> words;
    std::string want;
  };
  const Row rows[] = {
      {"adwim", {}, "unknown detector 'adwim'; did you mean 'adwin'?; known: adwin, ddm, page_hinkley"},
      {"adwin",
       {"dleta=1"},
       "unknown parameter of adwin 'dleta'; did you mean 'delta'?; known: delta, clock, max_buckets, min_window_length, grace_period"},
      {"adwin", {"delta"}, "'delta' is not key=value"},
      {"adwin", {"delta=2"}, "delta must be a number from 1e-300 to 1"},
      {"adwin", {"clock=1", "clock=2"}, "clock is given twice"},
      {"page_hinkley", {"mode=left"}, "mode must be one of both, up, down"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.want);
    const auto detector = detector_of_words(row.name, row.words);
    REQUIRE_FALSE(detector.has_value());
    CHECK(detector.error() == row.want);
  }
}

}  // namespace driftd
