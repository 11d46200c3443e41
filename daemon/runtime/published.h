// A value one thread publishes whole and others read: a published value never changes.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace driftd {

template <typename T>
class Published {
 public:
  Published() : value_(std::make_shared<const T>()) {}

  void set(T value) {
    auto next = std::make_shared<const T>(std::move(value));
    const std::lock_guard lock(mutex_);
    value_.swap(next);  // the old value dies outside the lock
  }

  std::shared_ptr<const T> get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

}  // namespace driftd
