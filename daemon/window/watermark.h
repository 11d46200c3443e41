// Watermark of one source partition: the k-th largest of its last N event times, never moving back (decision 2).
// A function of the partition's log alone: a single record from the future cannot move it.
// Cost per record: O(1) amortised, at most k comparisons. Thread: one shard.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "daemon/runtime/codec.h"
#include "daemon/source/message.h"

namespace driftd {

inline constexpr std::size_t kWatermarkRank = 8;
inline constexpr std::size_t kWatermarkRecords = 256;

class Watermark {
 public:
  // Returns the watermark after this record; kNoTime until kWatermarkRank records were seen.
  std::int64_t update(std::int64_t event_time_us);
  std::int64_t value() const { return value_; }

  void save(ByteWriter& out) const;
  bool load(ByteReader& in);
  friend bool operator==(const Watermark&, const Watermark&) = default;

 private:
  struct Entry {
    std::int64_t time = 0;
    std::uint64_t record = 0;  // its running number
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  void expire();

  // Entries later than value_ among the last kWatermarkRecords, ascending by time: fewer than kWatermarkRank of them.
  std::array<Entry, kWatermarkRank> later_{};
  std::uint32_t later_count_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t oldest_ = 0;  // smallest record number in later_
  std::int64_t value_ = kNoTime;
};

}  // namespace driftd
