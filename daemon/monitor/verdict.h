// OUT of monitor: what was measured on one (segment, feature) of a closed window, and what it means.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/window/window.h"
#include "detectors/detector.h"
#include "detectors/performance/performance_counts.h"

namespace driftd {

// What an alert is about; names on the wire by kind_name.
enum class Kind : std::uint8_t { kDrift, kPrediction, kPerformance, kQuality };
std::string_view kind_name(Kind kind);  // drift, prediction, performance, quality

// Which rule judges a measure, and so how an alert on it lives (decision 25).
enum class Policy : std::uint8_t {
  kNone,        // shown only
  kLevel,       // significance at the level that false_alarms gives each test, and effect
  kFixed,       // a threshold the operator set
  kSequential,  // a sequential detector fired in this window
};

struct Measure {
  std::string_view method;  // psi, ks, ..., missing, ..., adwin
  Policy policy = Policy::kNone;
  Score score;
  double threshold = kNoNumber;  // kFixed: the operator's limit; quality: the level's least difference
  double ratio = kNoNumber;      // 1 = alarm; kLevel: ln p / ln alpha; kFixed: statistic / threshold; kSequential: 1 if it fired, else 0
  bool alarm = false;            // crossed in this window
  bool calm = false;             // counts towards closing: kLevel effect < min_effect / 2; kFixed < clear_ratio; kSequential not fired
  std::uint64_t detections = 0;  // kSequential: times it fired in this window
  double before = kNoNumber, after = kNoNumber;  // quality: shares of reference and window; kSequential: means around the last cut
};

double worst_ratio(const std::vector<Measure>& measures);  // the largest; NaN: none of them judges

// A coarse cell with what it adds to PSI, in real values.
struct CellShare {
  std::string label;
  std::uint64_t reference = 0, current = 0;
  double contribution = 0;
};

struct Verdict {
  std::uint32_t feature = 0;  // index into the monitor's features
  std::uint32_t segment = 0;  // index into Window::segments
  Status status = Status::kInsufficient;
  std::uint64_t reference_rows = 0, rows = 0;  // valid values
  ClassCounts reference_classes{}, classes{};
  double log_p = kNoNumber;  // of the feature (algorithms A.11): shown, it decides nothing
  double out_of_range_ratio = kNoNumber, unseen_ratio = kNoNumber;
  std::vector<Measure> drift;    // two-sample and sequential
  std::vector<Measure> quality;  // missing, type_mismatch, out_of_range, unseen_category
  std::vector<CellShare> cells;  // all coarse cells, in order
};

// How the predictions of one segment compare with their labels: shown, it raises no alert (the losses do).
struct SegmentPerformance {
  std::uint64_t predicted = 0, labelled = 0;
  std::vector<PerformanceValue> values;  // by the task's order
};

// All verdicts of one closed window, by (segment, feature).
struct Judgement {
  std::uint32_t monitor = 0;
  std::int64_t start_us = 0, end_us = 0;
  bool complete = true;
  std::vector<std::uint64_t> segment_rows;
  std::vector<OffsetRange> offsets;
  std::vector<Verdict> verdicts;
  std::vector<SegmentPerformance> performance;  // by segment; empty: no window of losses
};

}  // namespace driftd
