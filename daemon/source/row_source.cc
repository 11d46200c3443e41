#include "daemon/source/row_source.h"

#include <algorithm>
#include <utility>

namespace driftd {
namespace {

constexpr std::size_t kRowsPerBatch = 1024;

}  // namespace

RowSource::RowSource(std::string topic, std::vector<std::string> rows, std::optional<RowClock> clock)
    : id_{std::move(topic), 0}, rows_(std::move(rows)), clock_(clock) {}

std::unique_ptr<MessageBatch> RowSource::next_batch() {
  auto batch = std::make_unique<MessageBatch>();
  const std::size_t end = std::min(next_ + kRowsPerBatch, rows_.size());
  for (; next_ < end; ++next_) {
    const auto offset = static_cast<std::int64_t>(next_);
    batch->messages.push_back({offset, clock_ ? clock_->start_us + offset * clock_->every_us : kNoTime, rows_[next_], {}, false});
  }
  return batch;
}

SourceEvent RowSource::poll(std::chrono::milliseconds /*timeout*/) {
  SourceEvent event;
  if (!std::exchange(announced_, true)) {
    event.kind = SourceEvent::Kind::kPartition;
    event.id = id_;
  } else if (paused_ || finished_) {
    event.kind = SourceEvent::Kind::kNothing;
  } else if (next_ < rows_.size()) {
    event.kind = SourceEvent::Kind::kBatch;
    event.batch = next_batch();
  } else {
    event.kind = SourceEvent::Kind::kFinished;
    finished_ = true;
  }
  return event;
}

}  // namespace driftd
