// A source that says what a test wrote down, and the inputs of shards.
#pragma once

#include <deque>
#include <functional>
#include <set>

#include "daemon/app_messages.h"
#include "daemon/source/source.h"
#include "tests/daemon/engine_fixture.h"

namespace driftd {

class ScriptedSource final : public Source {
 public:
  SourceEvent poll(std::chrono::milliseconds) override {
    ++polls;
    if (on_poll) on_poll();
    if (events.empty() || paused.contains(events.front().partition)) return {};
    SourceEvent event = std::move(events.front());
    events.pop_front();
    return event;
  }
  void pause(std::uint32_t partition) override { ++pauses, paused.insert(partition); }
  void resume(std::uint32_t partition) override { ++resumes, paused.erase(partition); }
  void recycle(std::unique_ptr<MessageBatch>) override { ++recycled; }
  bool answers() const override { return !away; }

  std::deque<SourceEvent> events;
  std::function<void()> on_poll;
  std::set<std::uint32_t> paused;
  bool away = false;
  int polls = 0, pauses = 0, resumes = 0, recycled = 0;
};

inline ShardInput partition_input(std::uint32_t partition) {
  ShardInput input;
  input.kind = ShardInput::Kind::kPartition;
  input.partition = partition;
  input.id = {"t", static_cast<std::int32_t>(partition)};
  return input;
}

inline ShardInput batch_input(MessageBatch batch) {
  ShardInput input;
  input.kind = ShardInput::Kind::kBatch;
  input.partition = batch.source_partition;
  input.batch = std::make_unique<MessageBatch>(std::move(batch));
  return input;
}

}  // namespace driftd
