// The body of a shard thread: messages in, outputs of the engine out. Ends after kStop.
#pragma once

#include <cstdint>

#include "daemon/app_messages.h"
#include "daemon/runtime/heartbeat.h"
#include "daemon/source/source.h"

namespace driftd {

class ShardLoop {
 public:
  ShardLoop(const EnginePlan& plan, std::uint32_t shard, ShardQueue& in, MergerQueue& out, FlowMeter& meter)
      : engine_(plan), shard_(shard), in_(in), out_(out), meter_(meter) {}

  // source: where used batches go back to.
  void run(Source& source);
  const Heartbeat& heartbeat() const { return heartbeat_; }

 private:
  void handle(ShardInput input, Source& source);
  void send(MergerInput input);

  EngineShard engine_;
  Heartbeat heartbeat_;
  std::uint32_t shard_;
  bool failed_ = false;  // a state could not be read: the merger was told and ends everything
  ShardQueue& in_;
  MergerQueue& out_;
  FlowMeter& meter_;
};

}  // namespace driftd
