// Values that go round: made once, handed on, given back by whichever thread is done with them.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace driftd {

// Any thread. Holds at most `limit` values; what comes back beyond it is destroyed.
template <typename T>
class FreeList {
 public:
  explicit FreeList(std::size_t limit) : limit_(limit) { values_.reserve(limit); }

  std::unique_ptr<T> take() {  // nullptr: none is free
    const std::lock_guard lock(mutex_);
    if (values_.empty()) return nullptr;
    auto value = std::move(values_.back());
    values_.pop_back();
    return value;
  }

  void give(std::unique_ptr<T> value) {
    const std::lock_guard lock(mutex_);
    if (values_.size() < limit_) values_.push_back(std::move(value));
  }

  void clear() {
    const std::lock_guard lock(mutex_);
    values_.clear();
  }

 private:
  const std::size_t limit_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> values_;
};

}  // namespace driftd
