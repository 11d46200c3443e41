// A value of which one thread takes away what others may be looking at: they look under a lock that the taking waits for.
#pragma once

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <utility>

namespace driftd {

template <class T>
class Guarded {
 public:
  // What `look` returns of it; null: there is none now. Any thread; must not look again inside.
  template <class Look>
  auto look(Look look) const {
    const std::shared_lock lock(mutex_);
    return look(static_cast<const T*>(value_.get()));
  }
  // Nobody looks at what this returns.
  std::unique_ptr<T> exchange(std::unique_ptr<T> value) {
    const std::scoped_lock lock(mutex_);
    value_.swap(value);
    return value;
  }

 private:
  mutable std::shared_mutex mutex_;
  std::unique_ptr<T> value_;
};

}  // namespace driftd
