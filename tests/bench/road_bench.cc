// R1, R2, R4, R10 and R12: what an event costs from a Kafka topic to driftd's counters, over what it costs to consume it at all, over what
// a careful consumer with equal validation pays, and over what one in Python pays. 16 partitions; librdkafka's mock in another process.
//   road_bench [FEATURES [long|short [CODEC [PYTHON]]]]      PYTHON: an interpreter that has confluent_kafka and river
// The client and all its threads are pinned to one core; what counts is the CPU time of all of them (schedstat), per event.
#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
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
#include "detectors/sequential/adwin.h"
#include "tests/bench/contest.h"
#include "tests/bench/engine_fixture.h"
#include "tests/bench/mock_topic.h"
#include "tests/bench/race.h"
#include "tests/bench/readers.h"

namespace driftd::bench {
namespace {

std::atomic<std::uint64_t> news = 0;  // by all threads; librdkafka's own are malloc's

std::string_view payload_of(const rd_kafka_message_t* message) { return {static_cast<const char*>(message->payload), message->len}; }

void read_with(Reader& reader, std::vector<double>& values, const rd_kafka_message_t* message) {
  if (!reader.read(payload_of(message), values.data())) throw std::runtime_error("a reader refused a record");
  keep(values.data());
}

enum Index : std::size_t { kBareBatch, kBarePoll, kParse, kWalk, kOnDemand, kRoad, kRoadAdwin, kPython };

// The whole process of tests/bench/python_consumer.py, without its start.
double python_cost(const std::string& python, const MockTopic& topic, std::size_t events) {
  const std::string command =
      fmt::format("{} {}/python_consumer.py {} {} {} {}", python, DRIFTD_BENCH_DIR, topic.brokers(), MockTopic::kName, kPartitions, events);
  std::FILE* const output = popen(command.c_str(), "r");
  double ns = 0;
  const bool read = output != nullptr && std::fscanf(output, "%lf", &ns) == 1;
  if (output == nullptr || pclose(output) != 0 || !read) throw std::runtime_error("failed: " + command);
  return ns;
}

struct Setting {
  Fixture fixture;
  std::string codec = "lz4", python;
  std::vector<std::string> records;
};

void print_profile(const Contest& contest) {
  const auto ns = [&](Index index) { return contest.cost(index).median; };
  const double base = ns(kBarePoll), parsed = ns(kParse), walked = ns(kWalk), road = ns(kRoad);
  fmt::print(
      "driftd's {:.0f} ns: consume {:.0f}%, the rest {:.0f}%. A DOM parse alone would be {:.0f}% of it, with a walk to an array "
      "{:.0f}%.\n\n",
      road, 100 * base / road, 100 * (road - base) / road, 100 * (parsed - base) / road, 100 * (walked - base) / road);
}

void print_ratios(const Contest& contest, const Setting& setting) {
  const std::string shape =
      fmt::format("{} {}, {}", setting.fixture.features, setting.fixture.long_numbers ? "long" : "short", setting.codec);
  const bool reference = setting.fixture.features == 20 && setting.fixture.long_numbers && setting.codec == "lz4";
  print_gate(fmt::format("R1 | consume in batches and count / driftd ({})", shape), contest.ratio(kBareBatch, kRoad), reference ? .30 : 0);
  print_gate(fmt::format("R1 | one message a poll on both sides ({})", shape), contest.ratio(kBarePoll, kRoad), 0);
  print_gate(fmt::format("R2 | one a poll, DOM, walk to an array / driftd ({})", shape), contest.ratio(kWalk, kRoad), reference ? .95 : 0);
  print_gate(fmt::format("R2 | batches, On-Demand, not all validated / driftd ({})", shape), contest.ratio(kOnDemand, kRoad), 0);
  if (!setting.python.empty())
    print_gate(fmt::format("R4 | Python / driftd, one ADWIN each ({})", shape), contest.ratio(kPython, kRoadAdwin), 10);
}

void race_on_kafka(const Setting& setting, const MockTopic& topic, const EnginePlan& plan) {
  const std::size_t records = setting.records.size();
  Race race(topic.brokers(), records);
  const std::vector<std::string> fields = field_names(setting.fixture);
  std::vector<double> values(setting.fixture.features + 1);
  const auto parse = make_parse_only(fields), walk = make_dom_reader(fields), touch = make_on_demand_reader(fields);
  Driftd driftd(plan), with_adwin(plan);
  Adwin adwin(AdwinParams{});
  std::uint64_t bytes = 0;
  const auto road = [records](Consumer& consumer, Driftd& side) {
    poll_all(consumer, records, [&](auto m) { side.take(std::move(m)); });
    side.finish();
  };
  const std::vector<std::string> names{"consume in batches, count",      "consume one a poll, count",
                                       "one a poll, DOM parse",          "one a poll, DOM parse, walk to an array",
                                       "batches, On-Demand to an array", "driftd: one a poll, to the counters of a window",
                                       "driftd: the same and one ADWIN"};
  std::vector<Contestant> contestants;
  const auto add = [&](auto pass) { contestants.push_back(race.contestant(names[contestants.size()], pass)); };
  add([&](Consumer& c) { batch_all(c, records, [&](auto* m) { bytes += m->len; }); });
  add([&](Consumer& c) { poll_all(c, records, [&](auto m) { bytes += m->len; }); });
  add([&](Consumer& c) { poll_all(c, records, [&](auto m) { read_with(*parse, values, m.get()); }); });
  add([&](Consumer& c) { poll_all(c, records, [&](auto m) { read_with(*walk, values, m.get()); }); });
  add([&](Consumer& c) { batch_all(c, records, [&](auto* m) { read_with(*touch, values, m); }); });
  add([&](Consumer& c) { road(c, driftd); });
  add([&](Consumer& c) {
    road(c, with_adwin);
    for (std::size_t i = 0; i < records; ++i) adwin.update(static_cast<double>(i * 7919 % 1000));
  });
  if (!setting.python.empty())
    contestants.push_back({"Python: batches, json, bisect, River's ADWIN", [&] { return python_cost(setting.python, topic, records); }});
  const Contest contest(contestants, 9);
  keep(bytes);
  contest.print_costs("event");
  race.print_threads(names);
  print_profile(contest);
  print_ratios(contest, setting);
}

// ---- R10: an application four times slower than its consumer, behind a queue of 4 MB that is always full ----

double wall_ns() { return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

void spin(double ns) {
  for (const double until = wall_ns() + ns; wall_ns() < until;) {
  }
}

struct SlowPass {
  double ns_per_event = 0, longest_wait_ms = 0;
};

// Each event takes the application so long. Its client shares the core with it, behind any queue.
SlowPass read_slowly(const MockTopic& topic, std::size_t records, const std::string& queue_kbytes, double work_ns) {
  Consumer consumer(topic.brokers(), queue_kbytes);
  consumer.start_over();
  consumer.poll();
  SlowPass pass;
  const double start = wall_ns();
  for (std::size_t i = 1; i < records; ++i) {
    const double asked = wall_ns();
    consumer.poll();
    pass.longest_wait_ms = std::max(pass.longest_wait_ms, (wall_ns() - asked) / 1e6);
    spin(work_ns);
  }
  pass.ns_per_event = (wall_ns() - start) / static_cast<double>(records - 1);
  return pass;
}

// The ceiling is the same application behind a queue that never fills: what is missing to it is what the full queue costs.
void slow_application(const MockTopic& topic, std::size_t records) {
  const std::string full = "4096", ample = "262144";
  const double work_ns = 4 * read_slowly(topic, records, full, 0).ns_per_event;
  std::vector<double> ratios, waits;
  for (int round = 0; round < 9; ++round) {
    const double ceiling = read_slowly(topic, records, ample, work_ns).ns_per_event;
    const SlowPass behind = read_slowly(topic, records, full, work_ns);
    ratios.push_back(ceiling / behind.ns_per_event);
    waits.push_back(behind.longest_wait_ms);
  }
  print_gate("R10 | an app 4 times slower than its consumer behind a full 4 MB queue / its own ceiling", quartiles(ratios), 0.95);
  print_gate("R10 | its longest wait for a message, ms", quartiles(waits), 100, Gate::kAtMost);
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
  const double each = static_cast<double>(news - before) / static_cast<double>(records.size());
  print_gate("R12 | allocations an event in steady state", {each, each, each}, 1e-9, Gate::kAtMost);
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
  print_gate("R12 | rate of 2 shards / rate of 1, in memory", quartiles(ratios), 1.7);
  fmt::print("     (wall time; their threads got {:.0f}% of their cores: under 95% the machine was too busy to tell)\n",
             100 * quartiles(shares).median);
}

}  // namespace

void run(Setting setting) {
  // The mock keeps 5 MB of a partition.
  setting.records = make_records(setting.fixture, std::min<std::size_t>(100'000, 2'000'000 / setting.fixture.features), 1);
  const MockTopic topic(setting.records, kPartitions, setting.codec, kBrokerCpu);
  pin_to(kClientCpu);
  std::size_t bytes = 0;
  for (const std::string& record : setting.records) bytes += record.size();
  fmt::print("{} events of {} bytes, {} features, {}, {} partitions; kernel {}\n\n", setting.records.size(), bytes / setting.records.size(),
             setting.fixture.features, setting.codec, kPartitions, cell_kernel_name());
  const auto plan = make_engine(setting.fixture, MockTopic::kName);
  race_on_kafka(setting, topic, *plan);
  if (setting.codec != "lz4" || setting.fixture.features != 20 || !setting.fixture.long_numbers) return;
  slow_application(topic, setting.records.size());
  count_allocations(*plan, setting.records);
  compare_shards(*plan, setting.records);
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

int main(int count, char** words) {
  const std::vector<std::string> arguments(words + 1, words + count);
  driftd::bench::Setting setting;
  if (!arguments.empty()) setting.fixture.features = std::stoul(arguments[0]);
  if (arguments.size() > 1) setting.fixture.long_numbers = arguments[1] == "long";
  if (arguments.size() > 2) setting.codec = arguments[2];
  if (arguments.size() > 3) setting.python = arguments[3];
  driftd::bench::run(std::move(setting));
  return 0;
}
