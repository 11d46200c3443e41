// The hand-over between two threads: a first-in first-out queue with room for a fixed number of items.
// Any number of threads may push and pop. A full queue makes the producer wait or turn away: that is the back-pressure.
// Closing wakes everyone: pushes fail from then on, pops drain what is left.
#pragma once

#include <cassert>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace driftd {

template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) { assert(capacity > 0); }

  // They move from the item only when they return true; otherwise (full, or closed) it is left as it was.
  bool try_push(T& item) { return push_for(item, std::chrono::milliseconds(0)); }
  bool try_push(T&& item) { return push_for(item, std::chrono::milliseconds(0)); }
  bool push_for(T&& item, std::chrono::milliseconds timeout) { return push_for(item, timeout); }
  bool push_for(T& item, std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    can_push_.wait_for(lock, timeout, [this] { return closed_ || items_.size() < capacity_; });
    if (closed_ || items_.size() >= capacity_) return false;
    items_.push_back(std::move(item));
    lock.unlock();
    can_pop_.notify_one();
    return true;
  }

  // nullopt: nothing came within the time, or closed and drained: closed() tells which.
  std::optional<T> try_pop() { return pop_for(std::chrono::milliseconds(0)); }
  std::optional<T> pop_for(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    can_pop_.wait_for(lock, timeout, [this] { return closed_ || !items_.empty(); });
    return take(std::move(lock));
  }
  std::optional<T> pop() {  // waits as long as it takes; nullopt: closed and drained
    std::unique_lock lock(mutex_);
    can_pop_.wait(lock, [this] { return closed_ || !items_.empty(); });
    return take(std::move(lock));
  }

  void close() {
    {
      const std::scoped_lock lock(mutex_);
      closed_ = true;
    }
    can_push_.notify_all();
    can_pop_.notify_all();
  }

  bool closed() const {
    const std::scoped_lock lock(mutex_);
    return closed_;
  }
  bool drained() const {  // closed, and nothing left to pop
    const std::scoped_lock lock(mutex_);
    return closed_ && items_.empty();
  }
  std::size_t size() const {
    const std::scoped_lock lock(mutex_);
    return items_.size();
  }
  std::size_t capacity() const { return capacity_; }

 private:
  std::optional<T> take(std::unique_lock<std::mutex> lock) {
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    lock.unlock();
    can_push_.notify_one();
    return item;
  }

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable can_push_, can_pop_;
  std::deque<T> items_;
  bool closed_ = false;
};

}  // namespace driftd
