// R5, R8 and R9: records in memory to the counters of a window. What detection adds to decoding; what more features, segments and
// monitors cost; what an order of keys that changes with every record costs.
#include <fmt/format.h>

#include <deque>
#include <memory>
#include <stdexcept>
#include <vector>

#include "daemon/engine_shard.h"
#include "tests/bench/contest.h"
#include "tests/bench/engine_fixture.h"

namespace driftd::bench {
namespace {

constexpr std::size_t kValues = 400'000;  // a run, whatever the number of features
constexpr const char* kTopic = "events";

class Engine {
 public:
  explicit Engine(const Fixture& fixture, const EngineShape& shape = {})
      : records_(make_records(fixture, kValues / fixture.features, 1)),
        plan_(make_engine(fixture, kTopic, shape)),
        shard_(*plan_),
        decoder_(make_decoder(plan_->streams[0].decode)) {
    shard_.add_partition(0, {kTopic, 0}, 0, {});
    message_batch_.messages = messages_of(records_);
    reserve(plan_->streams[0].decode, rows_);
  }

  double consume() {
    const double start = thread_cpu_ns();
    ShardOutput output;
    shard_.consume(message_batch_, output);
    if (output.counters.rows != output.counters.records) throw std::runtime_error("driftd refused a record");
    return per_event(start);
  }

  double decode() {
    const double start = thread_cpu_ns();
    for (std::size_t at = 0; at < message_batch_.messages.size();) at += decoder_->decode(message_batch_.messages, at, rows_);
    return per_event(start);
  }

 private:
  double per_event(double start) const { return (thread_cpu_ns() - start) / static_cast<double>(records_.size()); }

  std::vector<std::string> records_;
  std::unique_ptr<const EnginePlan> plan_;
  EngineShard shard_;
  std::unique_ptr<Decoder> decoder_;
  MessageBatch message_batch_;
  RecordBatch rows_;
};

Quartiles less_from_one(const Quartiles& share) { return {1 - share.upper, 1 - share.median, 1 - share.lower}; }

Quartiles scaled(const Quartiles& ratio, double by) { return {ratio.lower * by, ratio.median * by, ratio.upper * by}; }

void run() {
  enum Index : std::size_t { kDecode, kBase, kShuffled, kSegments1k, kSegments10k, kMonitors8, kMonitors64, kF5, kF100, kF1000 };
  std::deque<Engine> engines;
  std::vector<Contestant> contestants;
  const auto add = [&](std::string name, const Fixture& fixture, const EngineShape& shape = {}) {
    Engine& engine = engines.emplace_back(fixture, shape);
    contestants.push_back({std::move(name), [&engine] { return engine.consume(); }});
  };
  Engine decoding(Fixture{});
  contestants.push_back({"20 features, decode only", [&] { return decoding.decode(); }});
  add("20 features, 1 segment, 1 monitor", {});
  add("the same, keys shuffled", {.shuffled = true});
  add("1,000 segments", {.segments = 1000}, {.by_segment = true});
  add("10,000 segments", {.segments = 10'000}, {.by_segment = true});
  add("8 monitors", {}, {.monitors = 8});
  add("64 monitors", {}, {.monitors = 64});
  add("5 features", {.features = 5});
  add("100 features", {.features = 100});
  add("1,000 features", {.features = 1000});
  const Contest contest(contestants, 9);
  contest.print_costs("event");
  print_gate("R5 | detection's share of decoding and detecting", less_from_one(contest.ratio(kDecode, kBase)), 0.10, Gate::kAtMost);
  print_gate("R8 | 1,000 segments / 1", contest.ratio(kSegments1k, kBase), 1.10, Gate::kAtMost);
  print_gate("R8 | 10,000 segments / 1", contest.ratio(kSegments10k, kBase), 0);
  print_gate("R8 | a value of 1,000 features / of 20", scaled(contest.ratio(kF1000, kBase), 20.0 / 1000), 2.0, Gate::kAtMost);
  print_gate("R8 | a value of 100 features / of 20", scaled(contest.ratio(kF100, kBase), 20.0 / 100), 0);
  print_gate("R8 | 8 monitors on one topic / 1", contest.ratio(kMonitors8, kBase), 1.4, Gate::kAtMost);
  print_gate("R9 | shuffled keys / stable order, in memory", contest.ratio(kShuffled, kBase), 1.6, Gate::kAtMost);
  const auto ns = [&](Index index) { return contest.cost(index).median; };
  fmt::print(
      "slopes: {:.1f} ns a feature from 5 to 20, {:.1f} from 20 to 100, {:.1f} from 100 to 1,000; {:.0f} ns a monitor from 1 to 8, "
      "{:.0f} from 8 to 64\n",
      (ns(kBase) - ns(kF5)) / 15, (ns(kF100) - ns(kBase)) / 80, (ns(kF1000) - ns(kF100)) / 900, (ns(kMonitors8) - ns(kBase)) / 7,
      (ns(kMonitors64) - ns(kMonitors8)) / 56);
}

}  // namespace
}  // namespace driftd::bench

int main() { driftd::bench::run(); }
