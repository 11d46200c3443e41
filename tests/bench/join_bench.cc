// What labels that come later cost: predictions from a Kafka topic to judged windows, over the same with a label of each from a second
// topic joined to them by event id. 20 features, lz4; windows of 10,000 predictions, labels 2 s of event time behind, 1 prediction a
// millisecond.
#include "daemon/engine_merger.h"
#include "tests/bench/contest.h"
#include "tests/bench/engine_fixture.h"
#include "tests/bench/race.h"

namespace driftd::bench {
namespace {

constexpr std::size_t kRecords = 100'000;

// One pass over what was produced, with an engine of its own: windows that closed take nothing more.
class Pass {
 public:
  explicit Pass(const EnginePlan& plan) : merger_(plan), driftd_(plan, nullptr, &merger_) {}

  void predictions(Consumer& consumer) {
    poll_all(consumer, kRecords, [&](auto m) { driftd_.take(std::move(m)); });
  }
  void both(Consumer& consumer, Consumer& labels) {
    poll_all(consumer, kRecords, [&](auto m) {
      driftd_.take(std::move(m));
      driftd_.take(labels.poll(), 1);
    });
  }
  void finish() {
    driftd_.finish();
    if (merger_.last_judgement(0) == nullptr) throw std::runtime_error("no window was judged");
  }
  std::uint64_t joined() const { return merger_.join_of(1)->counters().joined; }

 private:
  EngineMerger merger_;
  Driftd driftd_;
};

void run() {
  const Fixture fixture;
  const std::vector<std::string> records = make_records(fixture, kRecords, 1);
  const MockTopic predictions(records, kPartitions, "lz4", kBrokerCpu), labels(label_records(records), kPartitions, "lz4", kBrokerCpu);
  pin_to(kClientCpu);
  const auto alone = make_engine(fixture, MockTopic::kName, {.predictions = true});
  const auto joined = make_engine(fixture, MockTopic::kName, {.predictions = true, .labels = true});
  Race race(predictions.brokers(), kRecords);
  Consumer label_consumer(labels.brokers());
  std::uint64_t bytes = 0;
  const std::vector<std::string> names{"predictions to judged windows", "the same, and labels consumed and dropped",
                                       "labels joined to them"};
  const std::vector<Contestant> contestants{race.contestant(names[0],
                                                            [&](Consumer& c) {
                                                              Pass pass(*alone);
                                                              pass.predictions(c);
                                                              pass.finish();
                                                            }),
                                            race.contestant(names[1],
                                                            [&](Consumer& c) {
                                                              Pass pass(*alone);
                                                              pass.predictions(c);
                                                              pass.finish();
                                                              label_consumer.start_over();
                                                              poll_all(label_consumer, kRecords, [&](auto m) { bytes += m->len; });
                                                            }),
                                            race.contestant(names[2], [&](Consumer& c) {
                                              Pass pass(*joined);
                                              label_consumer.start_over();
                                              pass.both(c, label_consumer);
                                              pass.finish();
                                              // Those whose labels may still come are not judged.
                                              if (pass.joined() < kRecords * 9 / 10) throw std::runtime_error("labels were not joined");
                                            })};
  const Contest contest(contestants, 9);
  keep(bytes);
  contest.print_costs("prediction");
  race.print_threads(names);
  print_gate("join | predictions alone / with a label of each joined", contest.ratio(0, 2), 0.6);
  print_gate("join | both consumed, nothing joined / joined", contest.ratio(1, 2), 0);
}

}  // namespace
}  // namespace driftd::bench

int main() { driftd::bench::run(); }
