// Which records of a partition pass, and what the holes between them are. Pure; one partition; source thread.
//
// librdkafka re-delivers after some pauses and leader changes, and has skipped records in some versions. So: an offset
// seen before is dropped; a jump is read again once; only when it comes again is it a hole. Topics with transactions or
// compaction have holes everywhere: after kConfirmedJumps of them a partition's jumps are believed at once, because
// reading again throws away what was prefetched.
#pragma once

#include <cstdint>

namespace driftd {

class OffsetGuard {
 public:
  static constexpr int kConfirmedJumps = 3;
  enum class Verdict : std::uint8_t {
    kPass,       // the next one
    kDuplicate,  // drop it
    kSeekAgain,  // drop it and read again from next()
    kHole,       // [next() before the call, offset) was not delivered and will not be; the record passes
  };

  explicit OffsetGuard(std::int64_t next = 0) : next_(next) {}
  std::int64_t next() const { return next_; }  // the offset expected

  Verdict record(std::int64_t offset);
  Verdict end(std::int64_t offset);   // the partition's end was reached: everything below `offset` was delivered or is a hole
  void move_to(std::int64_t offset);  // a deliberate seek

 private:
  Verdict jump();
  std::int64_t next_;
  std::int64_t sought_ = -1;  // the offset already read again
  int confirmed_ = 0;
};

}  // namespace driftd
