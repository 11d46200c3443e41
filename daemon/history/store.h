// history.db: closed windows and alert transitions in SQLite, one writer. A window is written as a whole and under its own key
// (whose windows, start, end): written again, after a replay, it takes the place of what was there. Thread: the writer's.
// Tables, for who opens the file with sqlite3: definitions (what windows meant), windows, segments (a row a window and segment),
// series (names of features), points (a row a window and series; `detail` is point_codec.h's), sides (the reference), transitions.
//   Times are microseconds since 1970.
// Errors: SQLite's; the transaction is undone and the store goes on, unless the error is damaged(): then the file has to be set aside.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>

#include "daemon/history/history_window.h"
#include "daemon/history/sqlite.h"

namespace driftd {

struct HistoryLimits {
  std::int64_t retention_us = 0;     // event time behind the newest window of each monitor
  std::uint64_t max_size_bytes = 0;  // of what is in use; the windows written first go first
};

class HistoryStore {
 public:
  static std::expected<HistoryStore, SqliteError> open(const std::string& path);
  HistoryStore(HistoryStore&&) noexcept;
  HistoryStore& operator=(HistoryStore&&) noexcept;
  ~HistoryStore();

  // All or nothing, and on disk when it returns.
  std::expected<void, SqliteError> write(std::span<const HistoryWindow> windows);
  // A bounded step of taking out what is beyond the limits. True: there is more.
  std::expected<bool, SqliteError> trim(const HistoryLimits& limits);

 private:
  struct Parts;
  explicit HistoryStore(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// Bytes of the database and of what SQLite keeps beside it; 0 where there is none.
std::uint64_t history_size_bytes(const std::string& path);

// Renames the database to PATH.damaged, in place of an earlier one. False: it is still there.
bool set_history_aside(const std::string& path);

inline constexpr int kHistorySchema = 1;  // PRAGMA user_version

}  // namespace driftd
