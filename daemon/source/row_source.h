// Rows in memory as a source: one partition, row number = offset (from 0), and after the last row no record will ever come.
// Thread: source.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/source/source.h"

namespace driftd {

// The record time of row n is start + n * every.
struct RowClock {
  std::int64_t start_us = 0, every_us = 0;
};

class RowSource final : public Source {
 public:
  // clock nullopt: records have no time of their own.
  RowSource(std::string topic, std::vector<std::string> rows, std::optional<RowClock> clock);

  SourceEvent poll(std::chrono::milliseconds timeout) override;
  void pause(std::uint32_t) override { paused_ = true; }
  void resume(std::uint32_t) override { paused_ = false; }
  void recycle(std::unique_ptr<MessageBatch>) override {}

 private:
  std::unique_ptr<MessageBatch> next_batch();

  TopicPartition id_;
  const std::vector<std::string> rows_;
  const std::optional<RowClock> clock_;
  std::size_t next_ = 0;
  bool announced_ = false, finished_ = false, paused_ = false;
};

}  // namespace driftd
