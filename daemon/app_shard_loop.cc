#include "daemon/app_shard_loop.h"

#include <chrono>
#include <utility>

namespace driftd {

using namespace std::chrono_literals;

void ShardLoop::send(MergerInput input) {
  input.shard = shard_;
  if (out_.try_push(input)) return;
  // A full merger makes the shard wait, and so the source pause: nothing is dropped.
  const auto began = std::chrono::steady_clock::now();
  while (!out_.push_for(input, 1s) && !out_.closed()) heartbeat_.beat();
  meter_.add_wait(FlowMeter::kWindow, std::chrono::steady_clock::now() - began);
}

void ShardLoop::handle(ShardInput input, Source& source) {
  if (failed_ && input.kind != ShardInput::Kind::kStop) return;
  MergerInput output;
  output.kind = MergerInput::Kind::kOutput;
  switch (input.kind) {
    case ShardInput::Kind::kPartition:
      if (engine_.add_partition(input.partition, input.id, input.start, input.state, input.topic_id)) return;
      failed_ = true;
      output.kind = MergerInput::Kind::kFailed;
      output.failure = "the state of partition " + std::to_string(input.id.partition) + " of topic '" + input.id.topic + "' cannot be read";
      break;
    case ShardInput::Kind::kBatch:
      engine_.consume(*input.batch, output.output);
      source.recycle(std::move(input.batch));
      break;
    case ShardInput::Kind::kIdle:
      if (!engine_.idle(input.partition, input.silence, output.output)) return;
      break;
    case ShardInput::Kind::kFinished: engine_.finish(input.partition, output.output); break;
    case ShardInput::Kind::kBarrier:
      output.kind = MergerInput::Kind::kBarrier;
      output.barrier = input.barrier;
      output.states = engine_.save();
      break;
    case ShardInput::Kind::kStop: output.kind = MergerInput::Kind::kStopped; break;
  }
  send(std::move(output));
}

void ShardLoop::run(Source& source) {
  for (;;) {
    heartbeat_.beat();
    auto input = in_.pop_for(1s);
    if (!input) {
      if (in_.drained()) break;
      continue;
    }
    meter_.leave(input->bytes);
    const bool stop = input->kind == ShardInput::Kind::kStop;
    handle(std::move(*input), source);
    if (stop) break;
  }
  heartbeat_.end();
}

}  // namespace driftd
