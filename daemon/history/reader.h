// What history.db holds, for the API and the page: a connection of its own that only reads, beside the writer and never in its way.
// The file may come, go and be replaced while this exists: it is opened again when it is another one, and none is an empty history.
// Thread: one at a time, the one that serves slow answers. Errors: a sentence for who asked. A question that takes longer than
// kHistoryAnswerMs is given up. Cost: a point is one look-up in a tree, a few microseconds where the pages are in memory.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/history/sqlite.h"
#include "daemon/status.h"

namespace driftd {

inline constexpr int kHistoryAnswerMs = 2000;
inline constexpr std::size_t kMostHistoryPoints = 11'000;

struct SeriesName {
  std::string_view monitor, feature, segment;
};

// Windows that end in [from_us, to_us]; of more than `limit` the newest.
struct HistoryRange {
  std::int64_t from_us = INT64_MIN, to_us = INT64_MAX;
  std::size_t limit = kMostHistoryPoints;
};

struct PastWindow {
  std::int64_t start_us = 0, end_us = 0;
  bool complete = true;  // false: offsets were lost while it was open
};

// One window of one feature and segment, without its cells.
struct FeaturePoint {
  PastWindow window;
  FeatureStatus feature;  // rows, status, ratio, classes, shares, methods and quality; no reference
};

// The same with cells and reference, as the status had it then; its alert and its ratio_history are not known.
struct PastFeature {
  PastWindow window;
  std::int64_t previous_end_us = kNoTime, next_end_us = kNoTime;  // of the windows beside it; kNoTime: there is none
  std::string reference_id;
  std::uint64_t reference_rows = 0;
  std::int64_t reference_created_us = kNoTime;
  FeatureStatus feature;
};

// One window of one segment.
struct SegmentPoint {
  PastWindow window;
  std::uint64_t rows = 0;
  double ratio = kNoNumber;            // the worst of its features
  std::uint64_t judged = 0, over = 0;  // features with a verdict; at or over their alarm line
  // Windows whose labels came later only.
  std::uint64_t predicted = 0, labelled = 0;
  std::string performance;  // JSON object, metric to value
};

struct PastTransition {
  std::string event_id, alert_id, monitor, feature, segment, kind, severity, transition;
  PastWindow window;
  std::string summary, event;  // event: as it was sent
};

template <class T>
using HistoryAnswer = std::expected<T, std::string>;

class HistoryReader {
 public:
  explicit HistoryReader(std::string path);
  ~HistoryReader();

  // The newest window that ended at or before at_us; nullopt: there is none.
  HistoryAnswer<std::optional<PastFeature>> feature_at(const SeriesName& name, std::int64_t at_us);
  // Oldest first.
  HistoryAnswer<std::vector<FeaturePoint>> feature_points(const SeriesName& name, const HistoryRange& range);
  HistoryAnswer<std::vector<SegmentPoint>> segment_points(std::string_view monitor, std::string_view segment, const HistoryRange& range);
  HistoryAnswer<std::vector<SegmentPoint>> performance_points(std::string_view monitor, std::string_view segment,
                                                              const HistoryRange& range);
  HistoryAnswer<std::vector<PastTransition>> timeline(std::string_view alert_id);
  // Of a monitor, in windows that end in the range.
  HistoryAnswer<std::vector<PastTransition>> transitions(std::string_view monitor, const HistoryRange& range);

 private:
  struct Parts;
  Parts* open();
  template <class T>
  HistoryAnswer<T> finish(T&& value);
  HistoryAnswer<std::vector<SegmentPoint>> points_of(Statement& statement, std::string_view monitor, std::string_view segment,
                                                     const HistoryRange& range);

  const std::string path_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace driftd
