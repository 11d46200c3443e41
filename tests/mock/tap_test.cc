// `driftd tap` as a verb against the mock cluster.
#include "daemon/cli/verb.h"
#include "daemon/decode/json_tree.h"
#include "tests/daemon/cli/captured.h"
#include "tests/mock/bed.h"
#include "tests/temp_folder.h"

using namespace driftd;
using namespace driftd::mock;

namespace {

std::string row(int i) { return i % 5 == 0 ? "{not json" : "{\"amount\": " + std::to_string(i) + ".5}"; }

class Bench {
 public:
  explicit Bench(const std::string& brokers) {
    std::string rows;
    for (int i = 0; i < 300; ++i) rows += "{\"amount\": " + std::to_string(i % 29) + ".5}\n";
    folder_.write("reference.jsonl", rows);
    config_ = folder_.write("driftd.yaml", "kafka: {brokers: [\"" + brokers + "\"], librdkafka: {reconnect.backoff.max.ms: \"200\"}}\n" +
                                               "monitors:\n  - {name: m, topic: t, reference: reference.jsonl}\n");
  }
  Captured tap(std::vector<std::string> args) const {
    args.insert(args.end(), {"-c", config_});
    return capture(run_tap, args);
  }

 private:
  TempFolder folder_;
  std::string config_;
};

}  // namespace

TEST_CASE("tap: so many records from the beginning, each with its place") {
  const auto broker = cluster("t", 2);
  fill(*broker, "t", 2, {0, 40}, row);
  const Bench bench(broker->bootstrap());
  const Captured tapped = bench.tap({"m", "--from", "earliest", "-n", "30"});
  CAPTURE(tapped.err);
  REQUIRE(tapped.exit_code == kExitOk);
  std::map<double, std::int64_t> next;
  int lines = 0, rejects = 0;
  for (std::size_t at = 0; at < tapped.out.size(); ++lines) {
    const std::size_t end = tapped.out.find('\n', at);
    const auto line = parse_json(tapped.out.substr(at, end - at));
    at = end + 1;
    REQUIRE(line.has_value());
    const double partition = line->find("partition")->number();
    const std::int64_t offset = next[partition]++;
    REQUIRE(line->find("offset")->number() == static_cast<double>(offset));
    const int i = static_cast<int>(offset * 2 + static_cast<std::int64_t>(partition));
    rejects += i % 5 == 0;
    if (i % 5 == 0) CHECK(*line->find("reject")->text() == "bad_json");
    if (i % 5 != 0) CHECK(line->find("values.amount")->number() == i + 0.5);
  }
  CHECK(lines == 30);
  CHECK(rejects > 0);
}

TEST_CASE("tap: nothing comes, no such topic, nobody there, and words that are none") {
  const auto broker = cluster("t", 2);
  fill(*broker, "t", 2, {0, 10}, row);
  const Bench bench(broker->bootstrap());
  const Captured silent = bench.tap({"m", "--timeout", "300ms"});
  CHECK(silent.exit_code == kExitFailed);
  CHECK(silent.out == "");
  CHECK(silent.err.contains("in 300ms there were no more records of t, 2 partitions, from the end"));
  CHECK(bench.tap({"m", "--from", "noon"}).exit_code == kExitUsage);
  CHECK(bench.tap({"m", "--timeout", "long"}).exit_code == kExitUsage);
  const Captured monitor = bench.tap({"n"});
  CHECK(monitor.exit_code == kExitConfig);
  CHECK(monitor.err.contains("no monitor 'n' in the configuration"));

  const auto other = cluster("another", 1);
  const Captured missing = Bench(other->bootstrap()).tap({"m"});
  CHECK(missing.exit_code == kExitUnavailable);
  CHECK(missing.err.contains("topic: create it"));
}
