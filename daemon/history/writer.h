// The history's own thread: takes closed windows from the engine, writes them to history.db, and keeps the file within its limits.
// The engine is never held up by the disk: a queue that is full, or a disk that is, costs windows, which are counted and said once.
//   Threads: add() and settle() the merger's; run() its own; status() any.
//   Cost for the engine: a pointer a window; where the disk hangs a second in twenty, at most. Memory: at most kWaitingVerdicts verdicts of
//   windows that wait, the newest aside.
// A file that is damaged is set aside as history.db.damaged, and a new one begun.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/history/history_window.h"
#include "daemon/history/store.h"
#include "daemon/runtime/bounded_queue.h"
#include "daemon/status.h"

namespace driftd {

class HistoryWriter {
 public:
  HistoryWriter(std::string path, HistoryLimits limits) : path_(std::move(path)) { set_limits(limits); }
  void set_limits(HistoryLimits limits);  // any thread; from the next trim on

  // Waits at most kAddWait for room, and where that was in vain not again for kPatience.
  void add(HistoryWindow window);
  // What was added before is on disk when this returns: before a snapshot forgets how to make it again. The same limits of waiting.
  void settle();

  void run();   // until stop(), then until what waits is written
  void stop();  // any thread
  HistoryStatus status() const;
  const std::string& path() const { return path_; }

  static constexpr std::size_t kWaitingWindows = 256;
  static constexpr std::uint64_t kWaitingVerdicts = 40'000;
  static constexpr std::chrono::milliseconds kAddWait{1'000}, kPatience{20'000};

 private:
  using Time = std::chrono::steady_clock::time_point;
  template <class Condition>
  bool wait_until(Condition condition);
  void write(std::vector<HistoryWindow> batch);
  bool open();
  bool trim();
  void failed(const SqliteError& error, std::size_t windows);
  void drop(std::size_t windows) { dropped_ += windows; }

  const std::string path_;
  std::atomic<std::int64_t> retention_us_ = 0;
  std::atomic<std::uint64_t> max_size_bytes_ = 0;
  BoundedQueue<HistoryWindow> queue_{kWaitingWindows};
  std::atomic<std::uint64_t> waiting_verdicts_ = 0, added_ = 0, done_ = 0;  // done: written or dropped by run()
  std::atomic<std::uint64_t> size_bytes_ = 0, written_ = 0, dropped_ = 0;
  std::atomic<bool> failing_ = false;
  Time impatient_until_{};             // merger thread
  bool dropping_ = false;              // merger thread: the last window found no room
  std::optional<HistoryStore> store_;  // from here on run()'s thread
  Time open_again_{};
};

}  // namespace driftd
