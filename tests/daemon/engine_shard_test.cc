#include "daemon/engine_shard.h"

#include <doctest/doctest.h>

#include "tests/daemon/engine_fixture.h"

namespace driftd {

using namespace engine_fixture;

namespace {

const TopicPartition kId{"t", 4};
constexpr std::uint32_t kPartition = 4;

// All partials as bytes, in order.
std::string bytes_of(const ShardOutput& output) {
  ByteWriter out;
  for (const Partial& partial : output.partials) {
    out.u32(partial.monitor);
    out.u32(partial.source_partition);
    save_pane(partial.pane, out);
  }
  return out.take();
}

std::unique_ptr<EngineShard> make_shard(const EnginePlan& plan, const std::string& state = {}) {
  auto shard = std::make_unique<EngineShard>(plan);
  REQUIRE(shard->add_partition(kPartition, kId, 0, state));
  return shard;
}

std::string row(std::int64_t ms) {
  return R"({"at": )" + std::to_string(1'700'000'000'000 + ms) + R"(, "amount": 99.5, "country": "DE", "predicted": 1, "label": 1})";
}

}  // namespace

TEST_CASE("every record is counted once: as a row or by the reason it was rejected for") {
  const auto plan = make_plan();
  const auto shard = make_shard(*plan);
  const std::vector<std::string> records = {row(0), "{not json", "[]", R"({"amount": 1})", R"({"at": "tomorrow"})", row(1000)};
  MessageBatch batch = make_messages(kPartition, records, 0, records.size());
  batch.messages[1].key = "customer 7";
  batch.messages.push_back({6, kNoTime, {}, {}, true});
  ShardOutput output;
  shard->consume(batch, output);
  CHECK(output.source_partition == kPartition);
  CHECK(output.mark == ShardOutput::Mark::kNone);
  CHECK(output.counters.records == 7);
  CHECK(output.counters.rows == 2);
  CHECK(output.counters.next_offset == 7);
  std::uint64_t bytes = 0;
  for (const std::string& record : records) bytes += record.size();
  CHECK(output.counters.bytes == bytes);
  const auto rejected = [&](Reject reason) { return output.counters.rejected[static_cast<std::size_t>(reason)]; };
  CHECK(rejected(Reject::kMalformed) == 1);
  CHECK(rejected(Reject::kNotObject) == 1);
  CHECK(rejected(Reject::kMissingTime) == 1);
  CHECK(rejected(Reject::kBadTime) == 1);
  CHECK(rejected(Reject::kTombstone) == 1);

  REQUIRE(output.dead_letters.size() == 5);
  const OutRecord& letter = output.dead_letters[0];
  CHECK(letter.topic == "dead");
  CHECK(letter.key == "t/4/1");
  CHECK(letter.value.find("bad_json") != std::string::npos);
  CHECK(letter.headers == std::vector<std::pair<std::string, std::string>>{{"content-type", "application/json"}, {"key", "customer 7"}});
}

TEST_CASE("rejected records are counted without letters where they are skipped") {
  Config config = make_config();
  config.streams[0].on_error.action = OnError::kSkip;
  const auto plan = make_engine_plan(config, {make_reference()});
  REQUIRE(plan);
  const auto shard = make_shard(**plan);
  const std::vector<std::string> records = {"{not json"};
  ShardOutput output;
  shard->consume(make_messages(kPartition, records, 0, 1), output);
  CHECK(output.dead_letters.empty());
  CHECK(output.counters.rejected[static_cast<std::size_t>(Reject::kMalformed)] == 1);
}

TEST_CASE("offsets that were lost make the open window incomplete, skipped ones do not") {
  for (const bool lost : {false, true}) {
    CAPTURE(lost);
    const auto plan = make_plan();
    const auto shard = make_shard(*plan);
    const std::vector<std::string> records = {row(0)};
    ShardOutput first, second, last;
    shard->consume(make_messages(kPartition, records, 0, 1), first);
    MessageBatch gap;
    gap.source_partition = kPartition;
    gap.gaps = {{1, 5, lost}};
    shard->consume(gap, second);
    CHECK(second.counters.next_offset == 5);
    CHECK(second.counters.lost == (lost ? 4 : 0));
    CHECK(second.counters.skipped == (lost ? 0 : 4));
    CHECK(second.counters.records == 1);
    shard->finish(kPartition, last);
    REQUIRE(last.partials.size() == 1);
    CHECK(last.partials[0].pane.complete == !lost);
  }
}

TEST_CASE("late rows are counted, an idle mark changes nothing, the end closes everything") {
  const auto plan = make_plan();
  const auto shard = make_shard(*plan);
  std::vector<std::string> records;
  for (int i = 0; i < 20; ++i) records.push_back(row(i * 60'000));
  records.push_back(row(0));
  ShardOutput output;
  shard->consume(make_messages(kPartition, records, 0, records.size()), output);
  CHECK(output.counters.late == 1);
  CHECK(output.counters.rows == 21);
  CHECK(output.partials.size() > 5);
  const auto before = shard->save();
  ShardOutput idle;
  CHECK(shard->idle(kPartition, {}, idle));
  CHECK(idle.mark == ShardOutput::Mark::kIdle);
  CHECK(output.partials.size() + idle.partials.size() == 20);  // those that are open, as they stand
  CHECK_FALSE(shard->idle(kPartition, {}, idle));
  CHECK(idle.counters.watermark_us == output.counters.watermark_us);
  CHECK(shard->save() == before);
  ShardOutput finished;
  shard->finish(kPartition, finished);
  CHECK(finished.mark == ShardOutput::Mark::kFinished);
  CHECK(output.partials.size() + finished.partials.size() == 20);
  CHECK(finished.counters.watermark_us == PartitionPanes::kFinished);
}

TEST_CASE("state taken anywhere goes on as if nothing had happened") {
  const auto plan = make_plan();
  const std::vector<std::string> records = make_records(11, 2000, 1000);
  const auto whole = make_shard(*plan);
  ShardOutput expected;
  whole->consume(make_messages(kPartition, records, 0, records.size()), expected);
  for (const std::size_t cut : {1, 127, 128, 129, 700, 1999}) {
    CAPTURE(cut);
    const auto first = make_shard(*plan);
    ShardOutput output;
    first->consume(make_messages(kPartition, records, 0, cut), output);
    const std::string state = first->save().at(kId);
    CHECK(saved_next_offset(state) == static_cast<std::int64_t>(cut));
    const auto second = make_shard(*plan, state);
    CHECK(second->save().at(kId) == state);
    second->consume(make_messages(kPartition, records, cut, records.size()), output);
    CHECK(bytes_of(output) == bytes_of(expected));
    CHECK(second->save() == whole->save());
  }
}

TEST_CASE("state of a driftd that knew fewer reasons is read, of one that knew more it is refused") {
  const auto plan = make_plan();
  const std::string state = make_shard(*plan)->save().at(kId);
  constexpr std::size_t kReasonsAt = 6 * 8;  // behind next_offset and five counters
  REQUIRE(state[kReasonsAt] == static_cast<char>(kRejects));
  std::string fewer = state, more = state;
  --fewer[kReasonsAt], ++more[kReasonsAt];
  fewer.erase(kReasonsAt + 1, 8);
  more.insert(kReasonsAt + 1, 8, '\0');
  CHECK(make_shard(*plan, fewer)->save().at(kId) == state);
  EngineShard other(*plan);
  CHECK_FALSE(other.add_partition(kPartition, kId, 0, more));
}

TEST_CASE("state that is cut, or longer than it was, is refused") {
  const auto plan = make_plan();
  const std::vector<std::string> records = make_records(12, 40, 40);
  const auto shard = make_shard(*plan);
  ShardOutput output;
  shard->consume(make_messages(kPartition, records, 0, records.size()), output);
  const std::string state = shard->save().at(kId);
  EngineShard other(*plan);
  for (std::size_t size = 1; size < state.size(); size += 7) CHECK_FALSE(other.add_partition(kPartition, kId, 0, state.substr(0, size)));
  CHECK_FALSE(other.add_partition(kPartition, kId, 0, state + '\0'));
  CHECK(other.add_partition(kPartition, kId, 0, state));
  CHECK_FALSE(saved_next_offset("1234567"));
}

TEST_CASE("state carries what was read last and the topic's id; state from before that is read as if nothing were known of it") {
  const auto plan = make_plan();
  const std::vector<std::string> records = make_records(13, 300, 300);
  EngineShard shard(*plan);
  REQUIRE(shard.add_partition(kPartition, kId, 0, {}, "id-1"));
  ShardOutput output;
  const MessageBatch batch = make_messages(kPartition, records, 0, records.size());
  shard.consume(batch, output);
  const std::string state = shard.save().at(kId);
  const auto saved = read_saved_partition(state);
  REQUIRE(saved);
  CHECK(saved->last.topic_id == "id-1");
  CHECK((saved->last.record == mark_of(batch.messages.back())));
  CHECK(saved->last.record.offset == 299);
  CHECK(make_shard(*plan, state)->save().at(kId) == state);
  EngineShard renamed(*plan);
  REQUIRE(renamed.add_partition(kPartition, kId, 0, state, "id-2"));
  CHECK(read_saved_partition(renamed.save().at(kId))->last.topic_id == "id-2");

  const SnapshotSection section = save_partition_section(kId, state);
  CHECK(section.version == 2);
  CHECK(partition_state(section) == state);
  // Version 1: the same without the id (here one length byte and 4 characters) and the mark's three numbers.
  std::string old = state;
  old.erase(6 * 8 + 1 + kRejects * 8, 1 + 4 + 3 * 8);
  const std::string brought = partition_state({section.id, 1, true, old});
  const auto read = read_saved_partition(brought);
  REQUIRE(read);
  CHECK(read->counters.next_offset == 300);
  CHECK(read->last.topic_id.empty());
  CHECK((read->last.record == RecordMark{}));
  CHECK(make_shard(*plan, brought)->save().at(kId) == brought);
  CHECK(partition_state({section.id, 1, true, "short"}).empty());
}

TEST_CASE("the name of a section says the partition, or nothing") {
  for (const TopicPartition& id : {TopicPartition{"topic", 0}, TopicPartition{"with/slashes/", 12}, TopicPartition{"", 7}}) {
    CHECK(partition_of_section(partition_section(id)) == id);
  }
  for (const char* other : {"merger", "partition/", "partition/topic", "partition/topic/", "partition/topic/x", "partition/topic/1x",
                            "partition/topic/-1", "partition/topic/9999999999"}) {
    CAPTURE(other);
    CHECK(!partition_of_section(other));
  }
}

}  // namespace driftd
