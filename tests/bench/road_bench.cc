// R1, R2 and R12: what an event costs from a Kafka topic to driftd's counters, over what it costs to consume it at all, and over what a
// careful consumer with equal validation pays. 20 features, long numbers, lz4, 16 partitions; librdkafka's mock in another process.
// The client and all its threads are pinned to one core; what counts is the CPU time of all of them (schedstat), per event.
#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <stdexcept>
#include <thread>
#include <vector>

#include "daemon/engine_shard.h"
#include "tests/bench/contest.h"
#include "tests/bench/engine_fixture.h"
#include "tests/bench/mock_topic.h"
#include "tests/bench/readers.h"

namespace driftd::bench {
namespace {

constexpr int kPartitions = 16;
constexpr int kClientCpu = 0, kBrokerCpu = 1;
constexpr std::size_t kRecords = 100'000;
constexpr std::size_t kPasses = 2;      // over the topic, a run
constexpr std::size_t kHandOver = 512;  // messages of a partition handed over at once
constexpr std::size_t kConsumeBatch = 500;
constexpr int kTimeoutMs = 10'000;

std::atomic<std::uint64_t> news = 0;  // by all threads; librdkafka's own are malloc's

// ---- CPU time of this process, by name of thread ----

std::map<std::string, double> cpu_by_thread() {
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
  explicit Consumer(const std::string& brokers) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    const std::pair<const char*, std::string> options[] = {{"bootstrap.servers", brokers},
                                                           {"group.id", "bench"},
                                                           {"check.crcs", "true"},
                                                           {"enable.auto.commit", "false"},
                                                           {"enable.auto.offset.store", "false"},
                                                           {"fetch.wait.max.ms", "10"},
                                                           {"fetch.queue.backoff.ms", "10"},
                                                           {"queued.min.messages", "1000000"},
                                                           {"queued.max.messages.kbytes", "262144"}};
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

  Owned<rd_kafka_message_t> poll() {
    Owned<rd_kafka_message_t> message(rd_kafka_consumer_poll(client_.get(), kTimeoutMs));
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
class Driftd {
 public:
  explicit Driftd(const EnginePlan& plan) : shard_(plan) {
    for (std::uint32_t p = 0; p < kPartitions; ++p) {
      shard_.add_partition(p, {MockTopic::kName, static_cast<std::int32_t>(p)}, 0, {});
      batches_[p].source_partition = p;
      batches_[p].storage = std::make_unique<HeldMessages>();
    }
  }

  void take(Owned<rd_kafka_message_t> message) {
    MessageBatch& batch = batches_[static_cast<std::size_t>(message->partition)];
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
    ShardOutput output;
    shard_.consume(batch, output);
    if (output.counters.late != 0 || output.counters.rows != output.counters.records) throw std::runtime_error("driftd refused a record");
    batch.messages.clear();
    held(batch).clear();
  }

  EngineShard shard_;
  std::array<MessageBatch, kPartitions> batches_;
};

// ---- contestants ----

// One run over the topic. Its cost: CPU ns per event of all threads of the process.
class Race {
 public:
  explicit Race(const std::string& brokers) : consumer_(brokers) {}

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
                const double cost = (ns - (found == before.end() ? 0 : found->second)) / static_cast<double>(kPasses * kRecords);
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
  std::vector<std::map<std::string, std::vector<double>>> profiles_;  // by contestant, by thread, by run
};

void poll_all(Consumer& consumer, const std::function<void(Owned<rd_kafka_message_t>)>& take) {
  for (std::size_t i = 0; i < kRecords; ++i) take(consumer.poll());
}

void batch_all(Consumer& consumer, const std::function<void(rd_kafka_message_t*)>& take) {
  std::array<rd_kafka_message_t*, kConsumeBatch> messages{};
  for (std::size_t done = 0; done < kRecords;) {
    const std::size_t count = consumer.poll_batch(messages, kRecords - done);
    for (std::size_t i = 0; i < count; ++i) {
      take(messages[i]);
      rd_kafka_message_destroy(messages[i]);
    }
    done += count;
  }
}

std::string_view payload_of(const rd_kafka_message_t* message) { return {static_cast<const char*>(message->payload), message->len}; }

void read_with(Reader& reader, std::vector<double>& values, const rd_kafka_message_t* message) {
  if (!reader.read(payload_of(message), values.data())) throw std::runtime_error("a reader refused a record");
  keep(values.data());
}

std::vector<std::string> keys_of(const Fixture& fixture) {
  std::vector<std::string> keys{"ts", "id", "segment"};
  for (const std::string& name : feature_names(fixture.features)) keys.push_back(name);
  return keys;
}

enum Index : std::size_t { kBareBatch, kBarePoll, kParse, kWalk, kOnDemand, kRoad };

void print_ratio(const char* name, const Quartiles& ratio, double gate) {
  fmt::print("{:<72} {:>5.2f}  worst quartile {:>5.2f}  gate {:.2f}\n", name, ratio.median, ratio.lower, gate);
}

void race_on_kafka(const Fixture& fixture, const MockTopic& topic, const EnginePlan& plan) {
  Race race(topic.brokers());
  std::vector<double> values(fixture.features + 1);
  const auto parse = make_parse_only(keys_of(fixture)), walk = make_dom_reader(keys_of(fixture)),
             touch = make_on_demand_reader(keys_of(fixture));
  Driftd driftd(plan);
  std::uint64_t bytes = 0;
  const std::vector<std::string> names{"consume in batches, count",      "consume one a poll, count",
                                       "one a poll, DOM parse",          "one a poll, DOM parse, walk to an array",
                                       "batches, On-Demand to an array", "driftd: one a poll, to the counters of a window"};
  std::vector<Contestant> contestants;
  contestants.push_back(race.contestant(names[0], [&](Consumer& c) { batch_all(c, [&](auto* m) { bytes += m->len; }); }));
  contestants.push_back(race.contestant(names[1], [&](Consumer& c) { poll_all(c, [&](auto m) { bytes += m->len; }); }));
  contestants.push_back(race.contestant(names[2], [&](Consumer& c) { poll_all(c, [&](auto m) { read_with(*parse, values, m.get()); }); }));
  contestants.push_back(race.contestant(names[3], [&](Consumer& c) { poll_all(c, [&](auto m) { read_with(*walk, values, m.get()); }); }));
  contestants.push_back(race.contestant(names[4], [&](Consumer& c) { batch_all(c, [&](auto* m) { read_with(*touch, values, m); }); }));
  contestants.push_back(race.contestant(names[5], [&](Consumer& c) {
    poll_all(c, [&](auto m) { driftd.take(std::move(m)); });
    driftd.finish();
  }));
  const Contest contest(contestants, 11);
  keep(bytes);
  contest.print_costs("event");
  race.print_threads(names);
  print_ratio("R1: bare consume (batches) / driftd", contest.ratio(kBareBatch, kRoad), 0.45);
  print_ratio("    bare consume (one a poll) / driftd", contest.ratio(kBarePoll, kRoad), 0.45);
  print_ratio("R2: one a poll + DOM + walk to an array / driftd, equal validation", contest.ratio(kWalk, kRoad), 0.85);
  print_ratio("    batches + On-Demand to an array (not all validated) / driftd", contest.ratio(kOnDemand, kRoad), 0);
  const double base = contest.cost(kBarePoll).median, parsed = contest.cost(kParse).median, walked = contest.cost(kWalk).median;
  const double road = contest.cost(kRoad).median;
  fmt::print("\nwhere driftd's {:.0f} ns go: consume {:.0f}%, copy and parse {:.0f}%, the rest (walk, columns, cells, counters) {:.0f}%",
             road, 100 * base / road, 100 * (parsed - base) / road, 100 * (road - parsed) / road);
  fmt::print("; a plain walk to an array takes {:.0f}%\n\n", 100 * (walked - parsed) / road);
}

// ---- in memory: allocations, and two shards against one ----

MessageBatch batch_of(const std::vector<std::string>& records, std::uint32_t partition) {
  MessageBatch batch;
  batch.source_partition = partition;
  batch.messages = messages_of(records);
  return batch;
}

struct InMemory {
  InMemory(const EnginePlan& plan, const std::vector<std::string>& records) : shard(plan), batch(batch_of(records, 0)) {
    shard.add_partition(0, {MockTopic::kName, 0}, 0, {});
  }
  void run() {
    ShardOutput output;
    shard.consume(batch, output);
  }
  EngineShard shard;
  MessageBatch batch;
};

void count_allocations(const EnginePlan& plan, const std::vector<std::string>& records) {
  InMemory memory(plan, records);
  memory.run();
  const std::uint64_t before = news;
  memory.run();
  fmt::print("R12: {} allocations for {} events in steady state\n", news - before, records.size());
}

struct Measured {
  double wall_ns = 0;
  double share = 1;  // of its core that the thread with the least got: under .95 somebody else was there
};

// `count` threads, one a core, take all records each.
Measured run_shards(std::vector<std::unique_ptr<InMemory>>& shards, std::size_t count) {
  const auto start = std::chrono::steady_clock::now();
  const auto wall = [&] { return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count(); };
  std::array<double, 2> shares{1, 1};
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      pin_to(static_cast<int>(i));
      for (int round = 0; round < 3; ++round) shards[i]->run();
      shares[i] = thread_cpu_ns() / wall();
    });
  }
  threads.clear();
  return {wall(), std::min(shares[0], shares[1])};
}

void compare_shards(const EnginePlan& plan, const std::vector<std::string>& records) {
  if (std::thread::hardware_concurrency() < 2) return;
  std::vector<std::unique_ptr<InMemory>> shards;
  for (int i = 0; i < 2; ++i) shards.push_back(std::make_unique<InMemory>(plan, records));
  run_shards(shards, 2);
  std::vector<double> ratios, shares;
  for (int round = 0; round < 9; ++round) {
    const Measured one = run_shards(shards, 1), two = run_shards(shards, 2);
    ratios.push_back(2 * one.wall_ns / two.wall_ns);
    shares.push_back(std::min(one.share, two.share));
  }
  print_ratio("R12: rate of 2 shards / rate of 1, in memory", quartiles(ratios), 1.7);
  fmt::print("     (wall time; their threads got {:.0f}% of their cores: under 95% the machine was too busy to tell)\n",
             100 * quartiles(shares).median);
}

}  // namespace

void run() {
  const Fixture fixture{.features = 20};
  const std::vector<std::string> records = make_records(fixture, kRecords, 1);
  const MockTopic topic(records, kPartitions, "lz4", kBrokerCpu);
  pin_to(kClientCpu);
  std::size_t bytes = 0;
  for (const std::string& record : records) bytes += record.size();
  fmt::print("{} events of {} bytes, 20 features, lz4, {} partitions; kernel {}\n\n", kRecords, bytes / kRecords, kPartitions,
             cell_kernel_name());
  const auto plan = make_engine(fixture, MockTopic::kName);
  race_on_kafka(fixture, topic, *plan);
  count_allocations(*plan, records);
  compare_shards(*plan, records);
}

}  // namespace driftd::bench

// Counts for R12.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  driftd::bench::news.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*bytes*/) noexcept { std::free(memory); }

int main() {
  driftd::bench::run();
  return 0;
}
