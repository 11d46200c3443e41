// A race on a topic: contestants that read the same records with the same consumer, and what each costs in CPU time of all threads.
// 16 partitions; librdkafka's mock in another process. The client and all its threads are pinned to one core.
#pragma once

#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "daemon/engine_merger.h"
#include "daemon/engine_shard.h"
#include "daemon/registry/schema_registry.h"
#include "daemon/runtime/freed_memory.h"
#include "tests/bench/contest.h"
#include "tests/bench/mock_topic.h"

namespace driftd::bench {

inline constexpr int kPartitions = 16;
inline constexpr int kClientCpu = 0, kBrokerCpu = 1;
inline constexpr std::size_t kPasses = 2;      // over the topic, a run
inline constexpr std::size_t kHandOver = 512;  // messages of a partition handed over at once
inline constexpr std::size_t kConsumeBatch = 500;
inline constexpr int kTimeoutMs = 10'000;

// ---- CPU time of this process, by name of thread ----

inline std::map<std::string, double> cpu_by_thread() {
  std::map<std::string, double> cpu;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    double ns = 0;
    std::ifstream(task.path() / "comm") >> name;
    std::ifstream(task.path() / "schedstat") >> ns;
    cpu[name.starts_with("rdk:broker") ? "rdk:broker" : name] += ns;
  }
  return cpu;
}

// ---- the consumer, equal for every contestant ----

struct Destroy {
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
  void operator()(rd_kafka_topic_partition_list_t* list) const { rd_kafka_topic_partition_list_destroy(list); }
  void operator()(rd_kafka_t* client) const { rd_kafka_destroy(client); }
};
template <class Handle>
using Owned = std::unique_ptr<Handle, Destroy>;

class Consumer {
 public:
  explicit Consumer(const std::string& brokers, const std::string& queue_kbytes = "262144") {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    const std::pair<const char*, std::string> options[] = {{"bootstrap.servers", brokers},
                                                           {"group.id", "bench"},
                                                           {"check.crcs", "true"},
                                                           {"enable.auto.commit", "false"},
                                                           {"enable.auto.offset.store", "false"},
                                                           {"fetch.wait.max.ms", "10"},
                                                           {"fetch.queue.backoff.ms", "10"},
                                                           {"queued.min.messages", "1000000"},
                                                           {"queued.max.messages.kbytes", queue_kbytes}};
    std::array<char, 256> error{};
    for (const auto& [name, value] : options) {
      if (rd_kafka_conf_set(conf, name, value.c_str(), error.data(), error.size()) != RD_KAFKA_CONF_OK)
        throw std::runtime_error(error.data());
    }
    client_.reset(rd_kafka_new(RD_KAFKA_CONSUMER, conf, error.data(), error.size()));
    if (!client_) throw std::runtime_error(error.data());
    rd_kafka_poll_set_consumer(client_.get());
    queue_.reset(rd_kafka_queue_get_consumer(client_.get()));
  }
  ~Consumer() { rd_kafka_consumer_close(client_.get()); }
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  void start_over() {
    const Owned<rd_kafka_topic_partition_list_t> list(rd_kafka_topic_partition_list_new(kPartitions));
    for (int p = 0; p < kPartitions; ++p) rd_kafka_topic_partition_list_add(list.get(), MockTopic::kName, p)->offset = 0;
    rd_kafka_assign(client_.get(), nullptr);
    if (rd_kafka_assign(client_.get(), list.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error("not assigned");
    next_.fill(0);
  }

  // As driftd's source takes them: without waiting, where one is there.
  Owned<rd_kafka_message_t> poll() {
    Owned<rd_kafka_message_t> message(rd_kafka_consumer_poll(client_.get(), 0));
    if (!message) message.reset(rd_kafka_consumer_poll(client_.get(), kTimeoutMs));
    check(message.get());
    return message;
  }

  std::size_t poll_batch(std::array<rd_kafka_message_t*, kConsumeBatch>& messages, std::size_t most) {
    const auto count = rd_kafka_consume_batch_queue(queue_.get(), kTimeoutMs, messages.data(), std::min(most, messages.size()));
    if (count <= 0) throw std::runtime_error("no messages");
    for (ssize_t i = 0; i < count; ++i) check(messages[static_cast<std::size_t>(i)]);
    return static_cast<std::size_t>(count);
  }

 private:
  // Every contestant sees every offset once, in order: the guard that driftd has as well.
  void check(const rd_kafka_message_t* message) {
    if (message == nullptr) throw std::runtime_error("no message in time");
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error(rd_kafka_err2str(message->err));
    if (message->offset != next_[static_cast<std::size_t>(message->partition)]++) throw std::runtime_error("an offset out of order");
  }

  Owned<rd_kafka_t> client_;
  Owned<rd_kafka_queue_t> queue_;
  std::array<std::int64_t, kPartitions> next_{};
};

// ---- driftd's side ----

class HeldMessages final : public MessageStorage {
 public:
  std::vector<Owned<rd_kafka_message_t>> messages;
};

// Messages of each partition are gathered as the source does, and handed to the shard: the seam between Kafka and the engine.
// Streams are those of the plan, each a topic of its own with kPartitions.
class Driftd {
 public:
  // registry: where records name schemas. merger: where windows are judged; none: what the shard says ends here.
  explicit Driftd(const EnginePlan& plan, SchemaRegistry* registry = nullptr, EngineMerger* merger = nullptr)
      : shard_(plan), registry_(registry), merger_(merger), batches_(plan.streams.size() * kPartitions) {
    for (std::uint32_t p = 0; p < batches_.size(); ++p) {
      const TopicPartition id{plan.streams[p / kPartitions].config.topics[0], static_cast<std::int32_t>(p % kPartitions)};
      shard_.add_partition(p, id, 0, {});
      if (merger_ != nullptr) merger_->add_partition(p, id);
      batches_[p].source_partition = p;
      batches_[p].storage = std::make_unique<HeldMessages>();
    }
  }

  void take(Owned<rd_kafka_message_t> message, std::size_t stream = 0) {
    MessageBatch& batch = batches_[stream * kPartitions + static_cast<std::size_t>(message->partition)];
    rd_kafka_timestamp_type_t type{};
    const std::int64_t time_ms = rd_kafka_message_timestamp(message.get(), &type);
    Message& added = batch.messages.emplace_back();
    added.offset = message->offset;
    added.record_time_us = type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? kNoTime : time_ms * 1000;
    added.payload = {static_cast<const char*>(message->payload), message->len};
    held(batch).push_back(std::move(message));
    if (batch.messages.size() == kHandOver) hand_over(batch);
  }

  void finish() {
    for (MessageBatch& batch : batches_) hand_over(batch);
  }

 private:
  static std::vector<Owned<rd_kafka_message_t>>& held(MessageBatch& batch) { return static_cast<HeldMessages&>(*batch.storage).messages; }

  void hand_over(MessageBatch& batch) {
    while (registry_ != nullptr && !registry_->attach(MockTopic::kName, batch)) registry_->step(std::chrono::milliseconds(0));
    ShardOutput output;
    shard_.consume(batch, output);
    batch.schemas.clear();
    if (output.counters.late != 0 || output.counters.rows != output.counters.records) throw std::runtime_error("driftd refused a record");
    batch.messages.clear();
    held(batch).clear();
    if (merger_ != nullptr) merger_->apply(std::move(output));
  }

  EngineShard shard_;
  SchemaRegistry* registry_;
  EngineMerger* merger_;
  std::vector<MessageBatch> batches_;
};

// ---- contestants ----

// One run over the topic. Its cost: CPU ns per event of all threads of the process.
class Race {
 public:
  Race(const std::string& brokers, std::size_t records) : consumer_(brokers), records_(records) { keep_freed_memory(); }

  Contestant contestant(std::string name, std::function<void(Consumer&)> pass) {
    const std::size_t index = profiles_.size();
    profiles_.emplace_back();
    return {std::move(name), [this, index, pass = std::move(pass)] {
              const auto before = cpu_by_thread();
              for (std::size_t i = 0; i < kPasses; ++i) {
                consumer_.start_over();
                pass(consumer_);
              }
              double total = 0;
              for (const auto& [thread, ns] : cpu_by_thread()) {
                const auto found = before.find(thread);
                const double cost = (ns - (found == before.end() ? 0 : found->second)) / static_cast<double>(kPasses * records_);
                profiles_[index][thread].push_back(cost);
                total += cost;
              }
              return total;
            }};
  }

  void print_threads(const std::vector<std::string>& names) const {
    fmt::print("CPU ns per event by thread, medians\n");
    for (std::size_t i = 0; i < profiles_.size(); ++i) {
      fmt::print("{:<44}", names[i]);
      for (const auto& [thread, costs] : profiles_[i]) fmt::print(" {} {:.0f}", thread, quartiles(costs).median);
      fmt::print("\n");
    }
    fmt::print("\n");
  }

 private:
  Consumer consumer_;
  std::size_t records_;
  std::vector<std::map<std::string, std::vector<double>>> profiles_;  // by contestant, by thread, by run
};

inline void poll_all(Consumer& consumer, std::size_t records, const std::function<void(Owned<rd_kafka_message_t>)>& take) {
  for (std::size_t i = 0; i < records; ++i) take(consumer.poll());
}

inline void batch_all(Consumer& consumer, std::size_t records, const std::function<void(rd_kafka_message_t*)>& take) {
  std::array<rd_kafka_message_t*, kConsumeBatch> messages{};
  for (std::size_t done = 0; done < records;) {
    const std::size_t count = consumer.poll_batch(messages, records - done);
    for (std::size_t i = 0; i < count; ++i) {
      take(messages[i]);
      rd_kafka_message_destroy(messages[i]);
    }
    done += count;
  }
}

}  // namespace driftd::bench
