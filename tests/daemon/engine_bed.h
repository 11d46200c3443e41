// Both stages of an engine in one thread, with random batches, snapshots and crashes, and what a reader of its topics would see.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/daemon/engine_fixture.h"

namespace driftd::engine_fixture {

// What left: by topic and key (or the event's bytes), as a deduplicating reader sees it. Equal keys with other bytes are an error.
class Reader final : public RecordSink {
 public:
  bool send(const OutRecord& record) override {
    const std::string key = record.topic == "dead" ? record.topic + record.key : record.topic + id_in(record.value);
    const auto [at, is_new] = seen_.emplace(key, record.value);
    if (!is_new && at->second != record.value) ++changed_;
    sent_.push_back(record.sequence);
    return true;
  }
  std::vector<std::uint64_t> take_acked() override { return std::exchange(sent_, {}); }
  std::vector<std::uint64_t> take_failed() override { return {}; }

  static std::string id_in(const std::string& event) {
    const std::size_t at = event.find("\"id\":\"", event.find("\"datacontenttype\""));
    return event.substr(at + 6, 16);
  }
  std::map<std::string, std::string> seen_;
  std::vector<std::uint64_t> sent_;
  std::uint64_t changed_ = 0;
};

// Both stages with a snapshot now and then, as the threads run them; `crash` throws everything away and restores.
class Bed {
 public:
  using Topics = std::map<TopicPartition, std::vector<std::string>>;  // records of each source partition
  Bed(std::unique_ptr<const EnginePlan> plan, Topics topics)
      : pushed_(plan->pushes.size()), plan_(std::move(plan)), topics_(std::move(topics)), next_(topics_.size(), 0) {
    for (const auto& [id, records] : topics_) ids_.push_back(id);
    start();
  }

  void run(std::uint64_t seed, std::size_t crash_every) {
    std::mt19937_64 random(seed);
    for (std::size_t step = 1; !all_read(); ++step) {
      const std::uint32_t p = static_cast<std::uint32_t>(random() % ids_.size());
      const auto& records = topics_.at(ids_[p]);
      const std::size_t from = next_[p], to = std::min(records.size(), from + 1 + random() % 200);
      if (from == to) continue;
      ShardOutput output;
      shard_->consume(make_messages(p, records, from, to), output);
      next_[p] = to;
      merger_->apply(std::move(output));
      merger_->outbox().send(reader_, merger_->releasable());
      if (random() % 3 == 0) merger_->settle(reader_);
      push(random() % 3 == 0);
      if (random() % 5 == 0) save();
      if (crash_every > 0 && step % crash_every == 0) crash();
    }
    for (std::uint32_t p = 0; p < ids_.size(); ++p) {
      ShardOutput output;
      shard_->finish(p, output);
      merger_->apply(std::move(output));
    }
    save();
    merger_->outbox().send(reader_, merger_->releasable());
    push(true);
  }
  Reader reader_;
  std::vector<Reader> pushed_;  // by receiver
  bool last_is_dead_ = false;   // the last receiver takes nothing
  std::unique_ptr<const EnginePlan> plan_;
  std::unique_ptr<EngineMerger> merger_;

 private:
  void start() {
    shard_ = std::make_unique<EngineShard>(*plan_);
    merger_ = std::make_unique<EngineMerger>(*plan_);
    if (!snapshot_.sections.empty()) REQUIRE(merger_->load(snapshot_));
    for (std::uint32_t p = 0; p < ids_.size(); ++p) {
      REQUIRE(shard_->add_partition(p, ids_[p], 0, states_[ids_[p]]));
      merger_->add_partition(p, ids_[p]);
      next_[p] = states_[ids_[p]].empty() ? 0 : static_cast<std::size_t>(*saved_next_offset(states_[ids_[p]]));
    }
  }
  void push(bool settle) {
    for (std::size_t p = 0; p < pushed_.size(); ++p) {
      if (last_is_dead_ && p + 1 == pushed_.size()) continue;
      merger_->push_outbox(p).send(pushed_[p], merger_->push_releasable(p), 1);
      if (settle) merger_->push_outbox(p).settle(pushed_[p]);
    }
  }
  void save() {
    snapshot_ = {};
    merger_->save(snapshot_);
    states_ = shard_->save();
    merger_->snapshot_saved();
  }
  void crash() { start(); }

  bool all_read() const {
    for (std::uint32_t p = 0; p < ids_.size(); ++p) {
      if (next_[p] < topics_.at(ids_[p]).size()) return false;
    }
    return true;
  }

  Topics topics_;
  std::vector<TopicPartition> ids_;
  std::unique_ptr<EngineShard> shard_;
  std::vector<std::size_t> next_;
  Snapshot snapshot_;
  std::map<TopicPartition, std::string> states_;
};

}  // namespace driftd::engine_fixture
