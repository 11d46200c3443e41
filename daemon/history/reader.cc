#include "daemon/history/reader.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "daemon/history/point_codec.h"
#include "daemon/history/store.h"

namespace driftd {

namespace {

#define DRIFTD_WINDOW "w.start_us, w.end_us, w.complete"

constexpr char kFeaturePoints[] = "SELECT " DRIFTD_WINDOW
                                  ", p.status, p.rows, p.ratio, p.detail, w.definition FROM windows w CROSS JOIN points p"
                                  " ON p.window = w.id AND p.series = ? WHERE w.subject = ? AND w.end_us BETWEEN ? AND ?"
                                  " ORDER BY w.end_us DESC, w.start_us DESC LIMIT ?";
#define DRIFTD_SEGMENT_POINTS(which)                                                                                   \
  "SELECT " DRIFTD_WINDOW                                                                                              \
  ", s.rows, s.ratio, s.judged, s.over, s.predicted, s.labelled, s.performance FROM windows w CROSS JOIN segments s"   \
  " ON s.window = w.id AND s.segment = ? WHERE w.monitor = ? AND w.end_us BETWEEN ? AND ? AND s.performance IS " which \
  " NULL"                                                                                                              \
  " ORDER BY w.end_us DESC, w.start_us DESC LIMIT ?"
#define DRIFTD_TRANSITIONS                                                                                                 \
  "SELECT start_us, end_us, 1, event_id, alert_id, monitor, feature, segment, kind, severity, transition, summary, event " \
  "FROM transitions "

PastWindow window_of(const Statement& row) { return {row.integer(0), row.integer(1), row.integer(2) != 0}; }

SegmentPoint segment_point(const Statement& row) {
  SegmentPoint point;
  point.window = window_of(row);
  point.rows = static_cast<std::uint64_t>(row.integer(3));
  point.ratio = row.real(4);
  point.judged = static_cast<std::uint64_t>(row.integer(5));
  point.over = static_cast<std::uint64_t>(row.integer(6));
  point.predicted = static_cast<std::uint64_t>(row.integer(7));
  point.labelled = static_cast<std::uint64_t>(row.integer(8));
  point.performance = row.text(9);
  return point;
}

PastTransition transition_of(const Statement& row) {
  PastTransition to;
  to.window = window_of(row);
  int column = 3;
  for (std::string* text : {&to.event_id, &to.alert_id, &to.monitor, &to.feature, &to.segment, &to.kind, &to.severity, &to.transition,
                            &to.summary, &to.event}) {
    *text = row.text(column++);
  }
  return to;
}

struct FileId {
  std::uint64_t device = 0, inode = 0;  // 0: there is no file
  friend bool operator==(const FileId&, const FileId&) = default;
};

FileId file_id(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return {};
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)};
}

}  // namespace

struct HistoryReader::Parts {
  FileId file;
  std::unique_ptr<Database> db;
  Statement find_series, feature_points, side, previous, next, segment_points, performance_points, timeline, transitions;

  struct Series {
    std::int64_t id = 0;
    std::string subject;
    FeatureStatus feature;  // name, segment, kind, type
  };
  std::optional<Series> series(const SeriesName& name);
  FeaturePoint point(const Series& series, const ReferenceSide* side);
  std::optional<PastFeature> past_feature(const Series& series, std::int64_t at_us);
};

std::optional<HistoryReader::Parts::Series> HistoryReader::Parts::series(const SeriesName& name) {
  if (!find_series.start().add(name.monitor).add(name.feature).add(name.segment).row()) return std::nullopt;
  Series found{find_series.integer(0), std::string(find_series.text(1)), {}};
  found.feature.name = name.feature;
  found.feature.segment = name.segment;
  found.feature.kind = find_series.text(2);
  found.feature.numeric = find_series.integer(3) != 0;
  find_series.start();
  return found;
}

// Of the row of feature_points.
FeaturePoint HistoryReader::Parts::point(const Series& series, const ReferenceSide* reference) {
  FeaturePoint point{window_of(feature_points), series.feature};
  point.feature.status = static_cast<Status>(feature_points.integer(3));
  point.feature.rows = static_cast<std::uint64_t>(feature_points.integer(4));
  point.feature.ratio = feature_points.real(5);
  decode_point(feature_points.blob(6), reference, point.feature);  // of damaged bytes what could be read
  return point;
}

std::optional<PastFeature> HistoryReader::Parts::past_feature(const Series& wanted, std::int64_t at_us) {
  feature_points.start().add(wanted.id).add(wanted.subject).add(INT64_MIN).add(at_us).add(std::int64_t{1});
  if (!feature_points.row()) return std::nullopt;
  PastFeature past;
  ReferenceSide reference;
  side.start().add(feature_points.integer(7)).add(wanted.id);
  const bool has_side = side.row() && decode_side(side.blob(0), reference);
  if (has_side) {
    past.reference_id = side.text(1);
    past.reference_rows = static_cast<std::uint64_t>(side.integer(2));
    past.reference_created_us = side.integer(3);
  }
  side.start();
  FeaturePoint found = point(wanted, has_side ? &reference : nullptr);
  feature_points.start();
  past.window = found.window;
  past.feature = std::move(found.feature);
  if (previous.start().add(wanted.subject).add(past.window.end_us).row() && previous.integer(1) > 0)
    past.previous_end_us = previous.integer(0);
  if (next.start().add(wanted.subject).add(past.window.end_us).row() && next.integer(1) > 0) past.next_end_us = next.integer(0);
  previous.start();
  next.start();
  return past;
}

HistoryReader::HistoryReader(std::string path) : path_(std::move(path)) {}
HistoryReader::~HistoryReader() = default;

// nullptr: there is no file. Otherwise the database may be one that is not ok().
HistoryReader::Parts* HistoryReader::open() {
  const FileId now = file_id(path_);
  if (parts_ && parts_->file == now) return parts_.get();
  parts_.reset();
  if (now == FileId{}) return nullptr;
  parts_ = std::make_unique<Parts>();
  Parts& parts = *parts_;
  parts.file = now;
  parts.db = Database::open(path_, Database::Access::kRead);
  parts.db->run("PRAGMA busy_timeout = 500; PRAGMA query_only = 1");
  parts.db->limit_statement_ms(kHistoryAnswerMs);
  const auto made = [&](const char* text) { return parts.db->prepare(text); };
  parts.find_series =
      made("SELECT id, subject, kind, numeric FROM series WHERE monitor = ? AND feature = ? AND segment = ? ORDER BY id DESC LIMIT 1");
  parts.feature_points = made(kFeaturePoints);
  parts.side = made(
      "SELECT s.detail, d.reference_id, d.reference_rows, d.reference_created_us FROM sides s JOIN definitions d ON d.id = s.definition"
      " WHERE s.definition = ? AND s.series = ?");
  parts.previous =
      made("SELECT max(end_us), count(*) FROM (SELECT end_us FROM windows WHERE subject = ? AND end_us < ? ORDER BY end_us DESC LIMIT 1)");
  parts.next =
      made("SELECT min(end_us), count(*) FROM (SELECT end_us FROM windows WHERE subject = ? AND end_us > ? ORDER BY end_us LIMIT 1)");
  parts.segment_points = made(DRIFTD_SEGMENT_POINTS(""));
  parts.performance_points = made(DRIFTD_SEGMENT_POINTS("NOT"));
  parts.timeline = made(DRIFTD_TRANSITIONS "WHERE alert_id = ? ORDER BY end_us, event_id");
  parts.transitions = made(DRIFTD_TRANSITIONS
                           "WHERE window IN (SELECT id FROM windows WHERE monitor = ? AND end_us BETWEEN ? AND ?)"
                           " ORDER BY end_us DESC, event_id DESC LIMIT ?");
  return parts_.get();
}

// The value, unless something went wrong on the way. A file that has just been made has no tables yet, and is opened again.
template <class T>
HistoryAnswer<T> HistoryReader::finish(T&& value) {
  if (parts_->db->ok()) return std::forward<T>(value);
  const SqliteError error = parts_->db->take_error();
  parts_.reset();
  return std::unexpected("the history cannot be read: " + error.message);
}

HistoryAnswer<std::optional<PastFeature>> HistoryReader::feature_at(const SeriesName& name, std::int64_t at_us) {
  Parts* const parts = open();
  if (parts == nullptr) return std::nullopt;
  const auto series = parts->series(name);
  return finish(series ? parts->past_feature(*series, at_us) : std::optional<PastFeature>{});
}

HistoryAnswer<std::vector<FeaturePoint>> HistoryReader::feature_points(const SeriesName& name, const HistoryRange& range) {
  std::vector<FeaturePoint> points;
  Parts* const parts = open();
  if (parts == nullptr) return points;
  if (const auto series = parts->series(name)) {
    Statement& rows = parts->feature_points;
    rows.start().add(series->id).add(series->subject).add(range.from_us).add(range.to_us).add(std::uint64_t{range.limit});
    while (rows.row()) points.push_back(parts->point(*series, nullptr));
    std::ranges::reverse(points);
  }
  return finish(std::move(points));
}

HistoryAnswer<std::vector<SegmentPoint>> HistoryReader::points_of(Statement& rows, std::string_view monitor, std::string_view segment,
                                                                  const HistoryRange& range) {
  std::vector<SegmentPoint> points;
  rows.start().add(segment).add(monitor).add(range.from_us).add(range.to_us).add(std::uint64_t{range.limit});
  while (rows.row()) points.push_back(segment_point(rows));
  std::ranges::reverse(points);
  return finish(std::move(points));
}

HistoryAnswer<std::vector<SegmentPoint>> HistoryReader::segment_points(std::string_view monitor, std::string_view segment,
                                                                       const HistoryRange& range) {
  Parts* const parts = open();
  if (parts == nullptr) return std::vector<SegmentPoint>{};
  return points_of(parts->segment_points, monitor, segment, range);
}

HistoryAnswer<std::vector<SegmentPoint>> HistoryReader::performance_points(std::string_view monitor, std::string_view segment,
                                                                           const HistoryRange& range) {
  Parts* const parts = open();
  if (parts == nullptr) return std::vector<SegmentPoint>{};
  return points_of(parts->performance_points, monitor, segment, range);
}

HistoryAnswer<std::vector<PastTransition>> HistoryReader::timeline(std::string_view alert_id) {
  std::vector<PastTransition> found;
  Parts* const parts = open();
  if (parts == nullptr) return found;
  parts->timeline.start().add(alert_id);
  while (parts->timeline.row()) found.push_back(transition_of(parts->timeline));
  return finish(std::move(found));
}

HistoryAnswer<std::vector<PastTransition>> HistoryReader::transitions(std::string_view monitor, const HistoryRange& range) {
  std::vector<PastTransition> found;
  Parts* const parts = open();
  if (parts == nullptr) return found;
  parts->transitions.start().add(monitor).add(range.from_us).add(range.to_us).add(std::uint64_t{range.limit});
  while (parts->transitions.row()) found.push_back(transition_of(parts->transitions));
  std::ranges::reverse(found);
  return finish(std::move(found));
}

}  // namespace driftd
