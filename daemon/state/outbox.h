// Records that have to leave and are not known to have arrived: part of every snapshot, forgotten once acknowledged.
// After a crash they are sent again, with the same bytes and ids. Thread: merger.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "daemon/runtime/codec.h"
#include "daemon/sink/sink.h"

namespace driftd {

class Outbox {
 public:
  void add(OutRecord record);  // gives it its sequence
  // Sends what may leave and was not sent yet, in order, until the sink is full.
  // releasable: records with a sequence up to it may leave now (decision 3: some wait for a snapshot). now_us: wall time, noted in
  // those that leave for the first time; 0: nothing is noted.
  void send(RecordSink& sink, std::uint64_t releasable, std::int64_t now_us = 0);
  // Takes the sink's acknowledgements and failures; each is told to `settled` (which may be empty) before it is forgotten.
  void settle(RecordSink& sink, const std::function<void(const OutRecord&, bool delivered)>& settled = {});

  // Gives up the oldest records that their sink does not hold until `bytes` are left; how many.
  std::uint64_t give_up_over(std::uint64_t bytes);

  std::uint64_t last_sequence() const { return next_ - 1; }
  std::size_t waiting() const { return records_.size(); }
  std::uint64_t bytes() const { return bytes_; }
  std::map<std::string, std::uint64_t> waiting_by_topic() const;
  // Without dead letters.
  std::uint64_t delivered() const { return delivered_; }
  std::uint64_t retried() const { return retried_; }
  std::uint64_t waiting_alerts() const { return waiting_alerts_; }

  static constexpr std::uint32_t kVersion = 2;  // of what save() writes; 1 had no first_try_us
  void save(ByteWriter& out) const;
  bool load(ByteReader& in, std::uint32_t version = kVersion);  // everything loaded counts as not sent

 private:
  struct Entry {
    OutRecord record;
    bool sent = false;
  };
  void insert(OutRecord record);
  void erase(std::map<std::uint64_t, Entry>::iterator at);

  std::map<std::uint64_t, Entry> records_;  // by sequence
  std::uint64_t next_ = 1;
  std::uint64_t first_unsent_ = 1;  // nothing before it is unsent
  std::uint64_t bytes_ = 0;
  std::uint64_t delivered_ = 0, retried_ = 0, waiting_alerts_ = 0;
};

}  // namespace driftd
