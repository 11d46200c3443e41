// Finds the end of a batch that cannot be read (bad checksum, refused compression). Pure; one partition; source thread.
//
// A broker hands out whole batches, and one that cannot be decoded comes again for ever. After kEqualErrors failures at
// the same offset the probe tries +1, +2, +4, ... until something can be read, then halves back to the first offset that
// can: exactly [start, end) is lost, in about 2 log2(records of the batch) reads.
#pragma once

#include <cstdint>
#include <optional>

namespace driftd {

class PoisonProbe {
 public:
  static constexpr int kEqualErrors = 3;

  bool active() const { return step_ > 0; }  // a trial is under way: records are answers, not input
  bool suspects() const { return errors_ > 0; }

  // Reading at `next`, or at the trial, failed: where to read now. `end`: the partition's end, which is always readable.
  std::int64_t failed(std::int64_t next, std::int64_t end);
  // The trial gave a record or the end: where to read now; nullopt when the search is over and first_readable() is known.
  std::optional<std::int64_t> readable();
  std::int64_t first_readable() const { return good_; }
  void reset() { *this = {}; }  // a record passed, or the search is over

 private:
  std::optional<std::int64_t> narrow();
  int errors_ = 0;
  std::int64_t start_ = 0, step_ = 0, trial_ = 0;
  std::int64_t bad_ = 0;    // the last offset known to fail
  std::int64_t good_ = -1;  // the first known to be readable; -1: none yet
};

}  // namespace driftd
