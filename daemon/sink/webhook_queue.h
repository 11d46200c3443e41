// The deliveries of one webhook. An event that is not taken is tried again after a random wait that grows (full jitter) until it
// is older than max_age; the receiver as a whole is left alone for as long as it says (Retry-After) or, while it takes nothing, for
// longer and longer. Other answers park the event: it counts as an error and is not tried again before the next start. Events of
// one alert keep their order; those of others do not wait for them.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "daemon/sink/push_queue.h"

namespace driftd {

class WebhookQueue final : public PushQueue {
 public:
  using Requests = std::function<PushRequest(const OutRecord& record, std::int64_t wall_us)>;
  using Random = std::function<double()>;  // uniform in [0, 1)

  WebhookQueue(Requests requests, std::int64_t max_age_us, Random random)
      : requests_(std::move(requests)), max_age_us_(max_age_us), random_(std::move(random)) {}

  bool has_room() const override { return waiting_.size() < kRoom; }
  void add(OutRecord record, Moment now) override;
  std::optional<PushRequest> next(Moment now) override;
  std::string answered(const PushAnswer& answer, Moment now) override;
  std::vector<std::uint64_t> take_done() override { return std::exchange(done_, {}); }
  const PushCounts& counts() const override { return counts_; }

 private:
  static constexpr std::size_t kRoom = 1000;
  struct Waiting {
    OutRecord record;
    std::int64_t due_us = 0;  // steady
    unsigned tries = 0;
  };
  struct Parked {
    std::uint64_t sequence;
    std::int64_t first_try_us;
  };
  void give_up_old(Moment now);
  bool is_old(std::int64_t first_try_us, Moment now) const;
  void park();
  std::int64_t jitter(unsigned tries) const;

  Requests requests_;
  std::int64_t max_age_us_;
  Random random_;
  std::vector<Waiting> waiting_;  // by sequence
  std::deque<Parked> parked_;     // the oldest first; the outbox keeps what they were, for the next start
  std::size_t under_way_ = 0;     // index in waiting_
  unsigned failures_ = 0;         // of the receiver, in a row
  std::int64_t quiet_until_us_ = 0;
  std::vector<std::uint64_t> done_;
  std::uint64_t given_up_ = 0;  // and not told yet
  PushCounts counts_;
};

}  // namespace driftd
