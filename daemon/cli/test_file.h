// A file of `driftd test`: rows in; expected alerts, scores and silence out. Read as strictly as a configuration, by the same reader:
// unknown keys, wrong types and names that lead nowhere are problems with file:line:column. Pure.
#pragma once

#include <cstdint>
#include <expected>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/problem.h"
#include "config/substitute.h"

namespace driftd {

// Some rows of a test; parts follow one another. Exactly one of lines, file and draw says where they come from.
struct RowPart {
  std::string lines;                           // JSON, one record a line, as they are
  std::string file;                            // CSV or JSON lines, plain or gzip
  std::uint64_t draw = 0;                      // so many rows at random, with a fixed seed
  std::string of;                              // draw: from this file; "" = the monitor's reference
  std::uint64_t seed = 1;                      // draw
  std::map<std::string, double> shift;         // by field: added to its numbers
  std::map<std::string, std::string> replace;  // by field: a JSON value, or a text
  std::string place;                           // file:line:column, for messages
};

enum class AlertWord : std::uint8_t { kPending, kFiring, kUpdated, kResolved };

// What is not given does not matter. Times are ends of windows, in microseconds since 1970.
struct ExpectedAlert {
  std::optional<std::string> kind, feature, segment, severity;
  AlertWord state = AlertWord::kFiring;
  std::optional<std::int64_t> at_us, from_us, to_us;
};

struct Bounds {
  double min = -std::numeric_limits<double>::infinity(), max = std::numeric_limits<double>::infinity();
};

struct ExpectedScore {
  std::string feature, segment = "all", method;
  std::optional<std::int64_t> at_us;     // nullopt: in every window
  std::optional<std::string> status;     // ok, insufficient, ...
  std::map<std::string, Bounds> values;  // statistic, effect, p_value, threshold_ratio
};

struct Expectations {
  bool silence = false;                              // no alert, and windows that were judged
  std::optional<std::vector<ExpectedAlert>> alerts;  // exactly these
  std::vector<ExpectedScore> scores;
  std::optional<std::uint64_t> windows;           // closed
  std::map<std::string, std::uint64_t> rejected;  // by reason; reasons that are not named: 0
  std::uint64_t late = 0;
};

struct DriftTest {
  std::string name, monitor, place;
  std::optional<std::int64_t> every_us;  // time between two rows; nullopt: the rows have event times
  std::int64_t start_us = 0;             // of the first row, with every_us
  std::vector<RowPart> rows;
  Expectations expect;
};

struct TestFile {
  std::string source, config;  // config: its path
  std::vector<DriftTest> tests;
};

// base_dir: where relative paths start, the file's folder.
std::expected<TestFile, Problems> read_test_file(const std::string& text, const std::string& source, const SubstituteContext& substitute);

}  // namespace driftd
