// A receiver of alerts by HTTP as a RecordSink: what it is to get is handed over on the merger thread and leaves on a thread of its
// own, so that one that is slow or away costs nobody else anything.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/http/client.h"
#include "daemon/runtime/bounded_queue.h"
#include "daemon/runtime/published.h"
#include "daemon/sink/push_queue.h"
#include "daemon/sink/sink.h"

namespace driftd {

class PushReceiver final : public RecordSink {
 public:
  PushReceiver(std::string name, HttpReceiver receiver, std::unique_ptr<PushQueue> queue);

  const std::string& name() const { return name_; }
  void restore(const std::vector<std::string>& firing, std::int64_t after_us);  // before run(): PushQueue::restore of each
  // Merger thread.
  bool send(const OutRecord& record) override;
  std::vector<std::uint64_t> take_acked() override;  // taken, or given up
  std::vector<std::uint64_t> take_failed() override { return {}; }
  // Its own thread: until stop() says so. An exchange that is under way is cut off then; the outbox still has what it was about.
  void run(const std::function<bool()>& stop);
  std::shared_ptr<const PushCounts> counts() const { return published_.load(); }  // any thread

 private:
  void take_in();
  void deliver(const std::function<bool()>& stop);
  void hand_back();

  const std::string name_;
  const HttpReceiver receiver_;
  std::unique_ptr<PushQueue> queue_;
  BoundedQueue<OutRecord> in_{256};
  BoundedQueue<std::uint64_t> out_{4096};
  std::vector<std::uint64_t> done_;  // and not yet in out_
  bool failing_ = false;             // the last request failed
  Published<PushCounts> published_;
};

}  // namespace driftd
