#include "daemon/history/writer.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "daemon/runtime/logger.h"

namespace driftd {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t kBatchWindows = 16;  // a transaction
constexpr auto kOpenAgain = 10s;           // after the file could not be opened

std::uint64_t weight(const HistoryWindow& window) { return window.judgement == nullptr ? 1 : window.judgement->verdicts.size(); }

}  // namespace

// False: not within the time that the engine gives the disk.
template <class Condition>
bool HistoryWriter::wait_until(Condition condition) {
  if (condition()) return true;
  const Time now = std::chrono::steady_clock::now();
  if (now < impatient_until_) return false;
  for (const Time end = now + kAddWait; std::chrono::steady_clock::now() < end;) {
    std::this_thread::sleep_for(1ms);
    if (condition()) return true;
  }
  impatient_until_ = std::chrono::steady_clock::now() + kPatience;
  return false;
}

void HistoryWriter::add(HistoryWindow window) {
  const std::uint64_t verdicts = weight(window);
  const auto has_room = [&] {
    const std::uint64_t waiting = waiting_verdicts_;
    return queue_.size() < queue_.capacity() && (waiting == 0 || waiting + verdicts <= kWaitingVerdicts);
  };
  const bool room = wait_until(has_room);
  waiting_verdicts_ += verdicts;
  ++added_;
  if (!room || !queue_.try_push(window)) {
    waiting_verdicts_ -= verdicts;
    --added_;
    drop(1);
    if (!std::exchange(dropping_, true)) {
      log_warn("history_dropped", "the history cannot keep up; windows are left out of it, alerts and metrics are not concerned",
               {{"path", path_}});
    }
    return;
  }
  dropping_ = false;
}

void HistoryWriter::set_limits(HistoryLimits limits) {
  retention_us_ = limits.retention_us;
  max_size_bytes_ = limits.max_size_bytes;
}

void HistoryWriter::settle() {
  wait_until([this] { return done_ == added_; });
}

void HistoryWriter::stop() { queue_.close(); }

HistoryStatus HistoryWriter::status() const { return {true, size_bytes_, written_, dropped_, failing_}; }

void HistoryWriter::failed(const SqliteError& error, std::size_t windows) {
  drop(windows);
  if (!failing_.exchange(true)) {
    log_error("history_failed", "the history cannot be written; windows are left out of it, alerts and metrics are not concerned",
              {{"path", path_}, {"reason", error.message}});
  }
  if (!error.damaged()) return;
  store_.reset();
  if (set_history_aside(path_)) {
    log_error("history_damaged", "the history could not be read: it was set aside and a new one begun",
              {{"path", path_}, {"reason", error.message}, {"kept_as", path_ + ".damaged"}});
  }
}

// A damaged file is set aside and the next try finds none.
bool HistoryWriter::open() {
  if (store_) return true;
  for (int tries = 0; tries < 2; ++tries) {
    if (std::chrono::steady_clock::now() < open_again_) return false;
    auto opened = HistoryStore::open(path_);
    if (opened) {
      store_ = std::move(*opened);
      return true;
    }
    failed(opened.error(), 0);
    if (!opened.error().damaged()) open_again_ = std::chrono::steady_clock::now() + kOpenAgain;
  }
  return false;
}

void HistoryWriter::write(std::vector<HistoryWindow> batch) {
  for (int tries = 0; tries < 2; ++tries) {
    if (!open()) {
      drop(batch.size());
      return;
    }
    const auto written = store_->write(batch);
    if (written) {
      if (failing_.exchange(false)) log_info("history_restored", "the history is written again", {{"path", path_}});
      written_ += batch.size();
      return;
    }
    const bool again = written.error().damaged() && tries == 0;  // into the new file
    failed(written.error(), again ? 0 : batch.size());
    if (!again) return;
  }
}

// A step. True: there is more to do.
bool HistoryWriter::trim() {
  if (!store_) return false;
  const auto more = store_->trim({retention_us_, max_size_bytes_});
  if (!more) failed(more.error(), 0);
  return more.value_or(false);
}

void HistoryWriter::run() {
  open();
  bool more = true;
  size_bytes_ = history_size_bytes(path_);
  while (!queue_.drained()) {
    std::vector<HistoryWindow> batch;
    std::uint64_t verdicts = 0;
    if (auto window = queue_.pop_for(more ? 1ms : 200ms)) {
      batch.push_back(std::move(*window));
      while (batch.size() < kBatchWindows) {
        auto next = queue_.try_pop();
        if (!next) break;
        batch.push_back(std::move(*next));
      }
    }
    const std::size_t windows = batch.size();
    for (const HistoryWindow& window : batch) verdicts += weight(window);
    if (windows > 0) write(std::move(batch));
    waiting_verdicts_ -= verdicts;
    done_ += windows;
    if (windows == 0 && !more) continue;
    more = trim();
    size_bytes_ = history_size_bytes(path_);
  }
}

}  // namespace driftd
