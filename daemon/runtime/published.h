// A value that one thread replaces whole and others read: status for /metrics, /api and the page.
// A reader keeps what it loaded for as long as it likes; it never changes and never blocks the writer.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace driftd {

template <class T>
class Published {
 public:
  void store(std::shared_ptr<const T> value) {
    const std::scoped_lock lock(mutex_);
    value_.swap(value);  // the old value dies after the lock is gone
  }
  std::shared_ptr<const T> load() const {  // null before the first store
    const std::scoped_lock lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

}  // namespace driftd
