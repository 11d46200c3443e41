// Whether a file was changed or replaced, links on the way to it included, as Kubernetes replaces a mounted ConfigMap. By looking at it
// once a second: that works on every file system. Thread: one.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace driftd {

class FileWatch {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // What it is like now is not a change.
  explicit FileWatch(std::string path) : path_(std::move(path)), told_(look()), seen_(told_) {}

  // True once for each change, when two looks in a row found the same: who is still writing it is not disturbed. A file that is gone is
  // none.
  bool changed(Time now);

 private:
  struct Look {
    std::uint64_t device = 0, file = 0, size = 0;
    std::int64_t changed_ns = 0;
    friend bool operator==(const Look&, const Look&) = default;
  };
  Look look() const;  // all 0: it is not there

  const std::string path_;
  Look told_, seen_;
  Time next_{};
};

}  // namespace driftd
