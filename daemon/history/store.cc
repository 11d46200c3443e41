#include "daemon/history/store.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <utility>

#include "daemon/history/point_codec.h"
#include "daemon/monitor/cell_labels.h"
#include "daemon/runtime/json_writer.h"
#include "detectors/reference/reference.h"

namespace driftd {

namespace {

constexpr int kTrimWindows = 8;          // a step
constexpr std::int64_t kFreePages = 64;  // that are kept for what comes next

constexpr char kPragmas[] =
    "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216;"
    "PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY; PRAGMA busy_timeout = 1000;";

constexpr char kSchema[] = R"(
BEGIN;
CREATE TABLE definitions(id INTEGER PRIMARY KEY, subject TEXT NOT NULL, definition TEXT NOT NULL, monitor TEXT NOT NULL,
  reference_id TEXT NOT NULL, reference_rows INTEGER NOT NULL, reference_created_us INTEGER NOT NULL, newest_window INTEGER NOT NULL,
  UNIQUE(subject, definition));
CREATE TABLE windows(id INTEGER PRIMARY KEY, definition INTEGER NOT NULL, monitor TEXT NOT NULL, subject TEXT NOT NULL,
  start_us INTEGER NOT NULL, end_us INTEGER NOT NULL, complete INTEGER NOT NULL, UNIQUE(subject, end_us, start_us));
CREATE INDEX windows_of_monitor ON windows(monitor, end_us);
CREATE TABLE segments(window INTEGER NOT NULL, segment TEXT NOT NULL, rows INTEGER NOT NULL, ratio REAL, judged INTEGER NOT NULL,
  over INTEGER NOT NULL, predicted INTEGER, labelled INTEGER, performance TEXT, PRIMARY KEY(window, segment)) WITHOUT ROWID;
CREATE TABLE series(id INTEGER PRIMARY KEY, monitor TEXT NOT NULL, feature TEXT NOT NULL, segment TEXT NOT NULL, subject TEXT NOT NULL,
  kind TEXT NOT NULL, numeric INTEGER NOT NULL, UNIQUE(monitor, feature, segment, subject));
CREATE TABLE points(window INTEGER NOT NULL, series INTEGER NOT NULL, status INTEGER NOT NULL, rows INTEGER NOT NULL, ratio REAL,
  detail BLOB NOT NULL, PRIMARY KEY(window, series)) WITHOUT ROWID;
CREATE TABLE sides(definition INTEGER NOT NULL, series INTEGER NOT NULL, detail BLOB NOT NULL,
  PRIMARY KEY(definition, series)) WITHOUT ROWID;
CREATE TABLE transitions(event_id TEXT PRIMARY KEY, window INTEGER NOT NULL, alert_id TEXT NOT NULL, monitor TEXT NOT NULL,
  feature TEXT NOT NULL, segment TEXT NOT NULL, kind TEXT NOT NULL, severity TEXT NOT NULL, transition TEXT NOT NULL,
  start_us INTEGER NOT NULL, end_us INTEGER NOT NULL, summary TEXT NOT NULL, event TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX transitions_of_alert ON transitions(alert_id);
CREATE INDEX transitions_of_window ON transitions(window);
PRAGMA user_version = 1;
COMMIT;
)";

// What is known of a plan: its rows in the database and the references' sides, by segment * features + feature.
struct KnownPlan {
  std::shared_ptr<const HistoryPlan> plan;
  std::int64_t definition = 0;
  std::vector<std::int64_t> series;
  std::vector<ReferenceSide> sides;
};

std::vector<ReferenceSide> make_sides(const MonitorPlan& plan) {
  std::vector<ReferenceSide> sides(plan.segments.size() * plan.features.size());
  for (std::size_t f = 0; f < plan.features.size(); ++f) {
    const FeaturePlan& feature = plan.features[f];
    const std::vector<std::string> labels = cell_labels(*feature.reference);
    for (std::size_t s = 0; s < plan.segments.size(); ++s) {
      ReferenceSide& side = sides[s * plan.features.size() + f];
      side.labels = labels;
      if (feature.segments[s] == nullptr) continue;
      side.counts = coarse_cells(*feature.reference, feature.segments[s]->cells);
      side.classes = feature.segments[s]->classes;
      side.rows = side.classes[static_cast<std::size_t>(ValueClass::kValid)];
    }
  }
  return sides;
}

std::string performance_text(const SegmentPerformance& performance) {
  JsonWriter json;
  json.begin_object();
  for (const auto& [metric, value] : performance.values) json.field(metric, value);
  return json.end_object().take();
}

// Of the verdicts of one segment.
struct SegmentSum {
  double ratio = kNoNumber;  // the worst
  std::uint64_t judged = 0, over = 0;
};

}  // namespace

struct HistoryStore::Parts {
  explicit Parts(std::unique_ptr<Database> opened) : db(std::move(opened)) {}

  void prepare();
  const KnownPlan& know(const std::shared_ptr<const HistoryPlan>& plan);
  void add_definition(KnownPlan& known);
  void add_series(KnownPlan& known);
  void write(const HistoryWindow& window);
  std::int64_t window_id(const KnownPlan& known, const Judgement& judgement);
  void write_segments(std::int64_t window, const HistoryWindow& written);
  void write_points(std::int64_t window, const KnownPlan& known, const Judgement& judgement);
  void write_transitions(std::int64_t window, const HistoryWindow& written);
  void write_ended(const EndedAlert& ended);
  void clear(std::int64_t window);
  void remove(const std::vector<std::int64_t>& windows);
  std::vector<std::int64_t> too_old(std::int64_t retention_us);
  std::vector<std::int64_t> too_many(std::uint64_t max_size_bytes);
  void give_back_pages();
  std::expected<void, SqliteError> finish();

  std::unique_ptr<Database> db;
  std::map<const HistoryPlan*, KnownPlan> known;
  struct {
    Statement add_definition, find_definition, use_definition, add_series, find_series, add_side;
    Statement find_last, find_window, add_window, move_window, add_segment, add_point, add_transition;
    Statement clear_points, clear_segments, clear_transitions, remove_window;
    Statement monitors, newest, old, first;
  } sql;  // before db in the end: statements are closed first
};

void HistoryStore::Parts::prepare() {
  const auto made = [&](const char* text) { return db->prepare(text); };
  sql.add_definition = made("INSERT OR IGNORE INTO definitions VALUES(NULL, ?, ?, ?, ?, ?, ?, 0)");
  sql.find_definition = made("SELECT id FROM definitions WHERE subject = ? AND definition = ?");
  sql.use_definition = made("UPDATE definitions SET newest_window = max(newest_window, ?) WHERE id = ?");
  sql.add_series =
      made("INSERT INTO series VALUES(NULL, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET kind = excluded.kind, numeric = excluded.numeric");
  sql.find_series = made("SELECT id FROM series WHERE monitor = ? AND feature = ? AND segment = ? AND subject = ?");
  sql.add_side = made("INSERT OR REPLACE INTO sides VALUES(?, ?, ?)");
  sql.find_last = made("SELECT id, start_us FROM windows WHERE monitor = ? AND end_us = ? ORDER BY id DESC LIMIT 1");
  sql.find_window = made("SELECT id FROM windows WHERE subject = ? AND end_us = ? AND start_us = ?");
  sql.add_window = made("INSERT INTO windows VALUES(NULL, ?, ?, ?, ?, ?, ?)");
  sql.move_window = made("UPDATE windows SET definition = ?, complete = ? WHERE id = ?");
  sql.add_segment = made("INSERT INTO segments VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
  sql.add_point = made("INSERT INTO points VALUES(?, ?, ?, ?, ?, ?)");
  sql.add_transition = made("INSERT OR REPLACE INTO transitions VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  sql.clear_points = made("DELETE FROM points WHERE window = ?");
  sql.clear_segments = made("DELETE FROM segments WHERE window = ?");
  sql.clear_transitions = made("DELETE FROM transitions WHERE window = ?");
  sql.remove_window = made("DELETE FROM windows WHERE id = ?");
  sql.monitors = made("SELECT DISTINCT monitor FROM definitions");
  sql.newest = made("SELECT max(end_us) FROM windows WHERE monitor = ?");
  sql.old = made("SELECT id FROM windows WHERE monitor = ? AND end_us < ? ORDER BY end_us LIMIT ?");
  sql.first = made("SELECT id FROM windows ORDER BY id LIMIT ?");
}

void HistoryStore::Parts::add_definition(KnownPlan& plan) {
  const AlertPlan& alerts = *plan.plan->alerts;
  const std::string& definition = plan.plan->definition;
  sql.add_definition.start().add(alerts.window_subject).add(definition).add(alerts.monitor).add(alerts.reference_id);
  sql.add_definition.add(alerts.reference_rows).add(alerts.reference_created_us).run();
  if (sql.find_definition.start().add(alerts.window_subject).add(definition).row()) plan.definition = sql.find_definition.integer(0);
  sql.find_definition.start();
}

void HistoryStore::Parts::add_series(KnownPlan& plan) {
  const AlertPlan& alerts = *plan.plan->alerts;
  for (std::size_t s = 0; s < alerts.segments.size(); ++s) {
    for (std::size_t f = 0; f < alerts.features.size(); ++f) {
      const AlertPlan::Feature& feature = alerts.features[f];
      const std::string& segment = alerts.segments[s];
      sql.add_series.start().add(alerts.monitor).add(feature.name).add(segment).add(alerts.window_subject);
      sql.add_series.add(kind_name(feature.kind)).add(feature.numeric).run();
      sql.find_series.start().add(alerts.monitor).add(feature.name).add(segment).add(alerts.window_subject);
      plan.series.push_back(sql.find_series.row() ? sql.find_series.integer(0) : 0);
      sql.find_series.start();
      const std::string side = encode_side(plan.sides[s * alerts.features.size() + f]);
      sql.add_side.start().add(plan.definition).add(plan.series.back()).add_blob(side).run();
    }
  }
}

const KnownPlan& HistoryStore::Parts::know(const std::shared_ptr<const HistoryPlan>& plan) {
  const auto found = known.find(plan.get());
  if (found != known.end()) return found->second;
  std::erase_if(known, [](const auto& entry) { return entry.second.plan.use_count() == 1; });  // of an earlier configuration
  KnownPlan& added = known[plan.get()];
  added.plan = plan;
  added.sides = make_sides(*plan->monitor);
  add_definition(added);
  add_series(added);
  return added;
}

std::int64_t HistoryStore::Parts::window_id(const KnownPlan& plan, const Judgement& judgement) {
  const AlertPlan& alerts = *plan.plan->alerts;
  sql.find_window.start().add(alerts.window_subject).add(judgement.end_us).add(judgement.start_us);
  if (sql.find_window.row()) {
    const std::int64_t id = sql.find_window.integer(0);
    sql.find_window.start();
    clear(id);
    sql.move_window.start().add(plan.definition).add(judgement.complete).add(id).run();
    return id;
  }
  sql.add_window.start().add(plan.definition).add(alerts.monitor).add(alerts.window_subject);
  sql.add_window.add(judgement.start_us).add(judgement.end_us).add(judgement.complete).run();
  return db->last_id();
}

void HistoryStore::Parts::write_segments(std::int64_t window, const HistoryWindow& written) {
  const Judgement& judgement = *written.judgement;
  std::vector<SegmentSum> sums(judgement.segment_rows.size());
  for (const Verdict& verdict : judgement.verdicts) {
    SegmentSum& sum = sums[verdict.segment];
    const double ratio = worst_ratio(verdict.drift);
    sum.ratio = std::fmax(sum.ratio, ratio);
    sum.judged += verdict.status == Status::kOk ? 1 : 0;
    sum.over += ratio >= 1 ? 1 : 0;
  }
  for (std::size_t s = 0; s < sums.size(); ++s) {
    sql.add_segment.start().add(window).add(written.plan->alerts->segments[s]).add(judgement.segment_rows[s]);
    sql.add_segment.add(sums[s].ratio).add(sums[s].judged).add(sums[s].over);
    std::string performance;
    if (s < judgement.performance.size()) {
      performance = performance_text(judgement.performance[s]);
      sql.add_segment.add(judgement.performance[s].predicted).add(judgement.performance[s].labelled).add(performance);
    }
    sql.add_segment.run();
  }
}

void HistoryStore::Parts::write_points(std::int64_t window, const KnownPlan& plan, const Judgement& judgement) {
  const std::size_t features = plan.plan->alerts->features.size();
  for (const Verdict& verdict : judgement.verdicts) {
    const std::size_t place = verdict.segment * features + verdict.feature;
    const std::string detail = encode_point(verdict, plan.sides[place]);
    sql.add_point.start().add(window).add(plan.series[place]).add(static_cast<std::int64_t>(verdict.status)).add(verdict.rows);
    sql.add_point.add(worst_ratio(verdict.drift)).add_blob(detail).run();
  }
}

void HistoryStore::Parts::write_transitions(std::int64_t window, const HistoryWindow& written) {
  const AlertPlan& alerts = *written.plan->alerts;
  for (const AlertTransition& to : written.transitions) {
    sql.add_transition.start().add(to.event_id).add(window).add(to.alert_id).add(alerts.monitor).add(alerts.features[to.feature].name);
    sql.add_transition.add(alerts.segments[to.segment]).add(kind_name(to.kind)).add(to.severity).add(transition_name(to.transition));
    sql.add_transition.add(written.judgement->start_us).add(written.judgement->end_us).add(to.summary).add(to.event).run();
  }
}

// With the window that was the monitor's last. One that is no longer there takes the alert along.
void HistoryStore::Parts::write_ended(const EndedAlert& ended) {
  const AlertStatus& alert = ended.status;
  sql.find_last.start().add(ended.monitor).add(alert.resolved_us);
  if (!sql.find_last.row()) return;
  const std::int64_t window = sql.find_last.integer(0), start_us = sql.find_last.integer(1);
  sql.find_last.start();
  sql.add_transition.start().add(ended.event_id).add(window).add(alert.alert_id).add(ended.monitor).add(alert.feature).add(alert.segment);
  sql.add_transition.add(alert.kind).add(alert.severity).add("resolved").add(start_us).add(alert.resolved_us).add(alert.summary);
  sql.add_transition.add(alert.event_json).run();
}

void HistoryStore::Parts::write(const HistoryWindow& window) {
  for (const EndedAlert& ended : window.ended) write_ended(ended);
  if (window.plan == nullptr) return;
  const KnownPlan& plan = know(window.plan);
  const std::int64_t id = window_id(plan, *window.judgement);
  sql.use_definition.start().add(id).add(plan.definition).run();
  write_segments(id, window);
  write_points(id, plan, *window.judgement);
  write_transitions(id, window);
}

// Ends the transaction. After an error nothing of it happened, and what was learnt in it is forgotten.
std::expected<void, SqliteError> HistoryStore::Parts::finish() {
  db->run("COMMIT");
  if (db->ok()) return {};
  const SqliteError error = db->take_error();
  db->run("ROLLBACK");
  db->take_error();  // SQLite may have rolled back by itself
  known.clear();
  return std::unexpected(error);
}

void HistoryStore::Parts::clear(std::int64_t window) {
  for (Statement* statement : {&sql.clear_points, &sql.clear_segments, &sql.clear_transitions}) statement->start().add(window).run();
}

void HistoryStore::Parts::remove(const std::vector<std::int64_t>& windows) {
  for (const std::int64_t window : windows) {
    clear(window);
    sql.remove_window.start().add(window).run();
  }
  // A definition whose last window is gone is not needed, unless it is in use.
  db->run(
      "DELETE FROM sides WHERE definition IN (SELECT id FROM definitions WHERE newest_window < (SELECT min(id) FROM windows));"
      "DELETE FROM definitions WHERE newest_window < (SELECT min(id) FROM windows)");
  if (db->changes() > 0) known.clear();
}

std::vector<std::int64_t> HistoryStore::Parts::too_old(std::int64_t retention_us) {
  std::vector<std::string> monitors;
  for (sql.monitors.start(); sql.monitors.row();) monitors.emplace_back(sql.monitors.text(0));
  std::vector<std::int64_t> windows;
  for (const std::string& monitor : monitors) {
    const std::int64_t limit = (sql.newest.start().add(monitor).row() ? sql.newest.integer(0) : 0) - retention_us;
    sql.newest.start();
    sql.old.start().add(monitor).add(limit).add(std::int64_t{kTrimWindows});
    while (sql.old.row()) windows.push_back(sql.old.integer(0));
  }
  return windows;
}

std::vector<std::int64_t> HistoryStore::Parts::too_many(std::uint64_t max_size_bytes) {
  const std::int64_t used = db->integer("PRAGMA page_count") - db->integer("PRAGMA freelist_count");
  const std::int64_t bytes = used * db->integer("PRAGMA page_size");
  std::vector<std::int64_t> windows;
  if (static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0)) <= max_size_bytes) return windows;
  sql.first.start().add(std::int64_t{kTrimWindows});
  while (sql.first.row()) windows.push_back(sql.first.integer(0));
  return windows;
}

void HistoryStore::Parts::give_back_pages() {
  const std::int64_t pages = db->integer("PRAGMA page_count"), unused = db->integer("PRAGMA freelist_count");
  if (unused > kFreePages + pages / 8) db->run("PRAGMA incremental_vacuum(1024)");
}

HistoryStore::HistoryStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
HistoryStore::HistoryStore(HistoryStore&&) noexcept = default;
HistoryStore& HistoryStore::operator=(HistoryStore&&) noexcept = default;
HistoryStore::~HistoryStore() = default;

std::expected<HistoryStore, SqliteError> HistoryStore::open(const std::string& path) {
  auto parts = std::make_unique<Parts>(Database::open(path, Database::Access::kWrite));
  Database& db = *parts->db;
  db.run(kPragmas);
  const std::int64_t version = db.integer("PRAGMA user_version");
  if (db.ok() && version == 0) db.run(kSchema);
  if (db.ok() && version != 0 && version != kHistorySchema) {
    return std::unexpected(SqliteError{kOtherSchema, "it was written by another version of driftd"});
  }
  parts->prepare();
  if (!db.ok()) return std::unexpected(db.take_error());
  return HistoryStore(std::move(parts));
}

std::expected<void, SqliteError> HistoryStore::write(std::span<const HistoryWindow> windows) {
  parts_->db->run("BEGIN IMMEDIATE");
  for (const HistoryWindow& window : windows) parts_->write(window);
  return parts_->finish();
}

std::expected<bool, SqliteError> HistoryStore::trim(const HistoryLimits& limits) {
  Parts& parts = *parts_;
  std::vector<std::int64_t> windows = parts.too_old(limits.retention_us);
  if (windows.empty()) windows = parts.too_many(limits.max_size_bytes);
  if (windows.empty()) return false;
  parts.db->run("BEGIN IMMEDIATE");
  parts.remove(windows);
  if (const auto done = parts.finish(); !done) return std::unexpected(done.error());
  parts.give_back_pages();
  if (!parts.db->ok()) return std::unexpected(parts.db->take_error());
  return true;
}

std::uint64_t history_size_bytes(const std::string& path) {
  std::uint64_t bytes = 0;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path + suffix, error);
    if (!error) bytes += size;
  }
  return bytes;
}

bool set_history_aside(const std::string& path) {
  std::error_code error;
  std::filesystem::rename(path, path + ".damaged", error);
  for (const char* suffix : {"-wal", "-shm"}) {
    std::error_code ignored;
    std::filesystem::remove(path + suffix, ignored);
  }
  return !error;
}

}  // namespace driftd
