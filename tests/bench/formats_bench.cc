// R13: what consuming a record costs at all, over what it costs from a Kafka topic to driftd's counters, for Avro and Protobuf; and for
// JSON of the same rows, to compare. 20 features, lz4.
//   formats_bench avro|protobuf|json
#include "tests/bench/contest.h"
#include "tests/bench/engine_fixture.h"
#include "tests/bench/framed_records.h"
#include "tests/bench/race.h"

namespace driftd::bench {
namespace {

constexpr std::size_t kRecords = 100'000;

void race_on(const char* name, Format format) {
  const Fixture fixture;
  std::vector<std::string> records = make_records(fixture, kRecords, 1);
  const bool framed = format != Format::kJson;
  if (framed) records = framed_records(fixture, records, format);
  std::size_t bytes = 0;
  for (const std::string& record : records) bytes += record.size();
  const MockTopic topic(records, kPartitions, "lz4", kBrokerCpu);
  pin_to(kClientCpu);
  fmt::print("{}: {} events of {} bytes\n", name, records.size(), bytes / records.size());
  const auto plan = make_engine(fixture, MockTopic::kName, {.format = format});
  SchemaRegistry registry({}, [&](const std::string&) { return HttpAnswer{200, registry_answer(fixture, format)}; });
  Race race(topic.brokers(), records.size());
  Driftd driftd(*plan, framed ? &registry : nullptr);
  std::uint64_t seen = 0;
  const std::vector<std::string> names{"consume in batches, count", "consume one a poll, count",
                                       "driftd: one a poll, to the counters of a window"};
  const std::vector<Contestant> contestants{
      race.contestant(names[0], [&](Consumer& c) { batch_all(c, records.size(), [&](auto* m) { seen += m->len; }); }),
      race.contestant(names[1], [&](Consumer& c) { poll_all(c, records.size(), [&](auto m) { seen += m->len; }); }),
      race.contestant(names[2], [&](Consumer& c) {
        poll_all(c, records.size(), [&](auto m) { driftd.take(std::move(m)); });
        driftd.finish();
      })};
  const Contest contest(contestants, 9);
  keep(seen);
  contest.print_costs("event");
  race.print_threads(names);
  print_gate(fmt::format("R13 | {}: consume in batches and count / driftd", name), contest.ratio(0, 2), framed ? .70 : 0);
  print_gate(fmt::format("R13 | {}: one message a poll on both sides", name), contest.ratio(1, 2), 0);
}

}  // namespace
}  // namespace driftd::bench

int main(int count, char** words) {
  // A topic forks before any thread exists: one format a process.
  const std::string only = count > 1 ? words[1] : "";
  if (only == "avro") driftd::bench::race_on("avro", driftd::Format::kAvro);
  if (only == "protobuf") driftd::bench::race_on("protobuf", driftd::Format::kProtobuf);
  if (only == "json") driftd::bench::race_on("json", driftd::Format::kJson);
  return only.empty() ? 64 : 0;
}
