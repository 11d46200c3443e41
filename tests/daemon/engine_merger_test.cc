#include "daemon/engine_merger.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "daemon/decode/json_tree.h"
#include "daemon/monitor/verdict_codec.h"
#include "tests/daemon/engine_bed.h"

namespace driftd {

using namespace engine_fixture;

namespace {

constexpr std::uint32_t kPartitions = 3;
constexpr std::size_t kRecords = 6000, kDriftFrom = 3000;

TopicPartition id_of(std::uint32_t p) { return {"t", static_cast<std::int32_t>(p)}; }

Bed make_bed(const WindowConfig& window = make_config().monitors[0].window) {
  Bed::Topics topics;
  for (std::uint32_t p = 0; p < kPartitions; ++p) topics.emplace(id_of(p), make_records(40 + p, kRecords, kDriftFrom));
  return Bed(make_plan(window), std::move(topics));
}

}  // namespace

TEST_CASE("drift is found, quiet windows stay quiet, and each alert says where") {
  Bed bed = make_bed();
  bed.run(1, 0);
  std::set<std::string> firing;
  for (const auto& [key, value] : bed.reader_.seen_) {
    if (value.find(".firing.v1") == std::string::npos) continue;
    for (const char* feature : {"amount", "country", "error"}) {
      if (value.find("features/" + std::string(feature)) != std::string::npos) firing.insert(feature);
    }
    // Drift begins 300 s after the first record, 22:18:20 UTC.
    const std::size_t at = value.find("\"time\":\"");
    CHECK(value.substr(at + 8, 20) >= "2023-11-14T22:19:00Z");
  }
  CHECK(firing == std::set<std::string>{"amount", "country", "error"});
}

TEST_CASE("receivers by HTTP get what they want, over crashes, and one that takes nothing costs the others nothing") {
  Config config = make_config();
  auto& webhooks = config.alert_sinks.webhooks;
  for (const char* name : {"all", "country", "elsewhere", "dead"}) webhooks.emplace_back().name = name;
  webhooks[0].send = {"pending", "firing", "updated", "resolved"};
  webhooks[1].send = {"firing"};
  webhooks[1].kinds = {"quality"};
  webhooks[2].monitors = {"x*"};
  for (const std::size_t crash_every : {0, 7}) {
    CAPTURE(crash_every);
    Bed::Topics topics;
    for (std::uint32_t p = 0; p < kPartitions; ++p) topics.emplace(id_of(p), make_records(40 + p, kRecords, kDriftFrom));
    Bed bed(std::move(*make_engine_plan(config, {make_reference()})), std::move(topics));
    bed.last_is_dead_ = true;
    bed.run(2, crash_every);
    std::map<std::string, std::string> alerts, quality;  // of the topic, by id
    for (const auto& [key, value] : bed.reader_.seen_) {
      if (!key.starts_with("events") || value.find("window.closed") != std::string::npos) continue;
      alerts.emplace(key.substr(6), value);
      if (value.find("dev.driftd.quality.firing") != std::string::npos) quality.emplace(key.substr(6), value);
    }
    const auto by_id = [](const Reader& reader, const std::string& name) {
      std::map<std::string, std::string> seen;
      for (const auto& [key, value] : reader.seen_) seen.emplace(key.substr(("webhook/" + name).size()), value);
      return seen;
    };
    CHECK(alerts.size() > 3);
    CHECK(by_id(bed.pushed_[0], "all") == alerts);
    CHECK(by_id(bed.pushed_[1], "country") == quality);
    CHECK(bed.pushed_[0].changed_ == 0);
    CHECK(bed.pushed_[2].seen_.empty());
    CHECK(bed.merger_->push_outbox(0).waiting() == 0);
    CHECK(bed.merger_->push_outbox(3).waiting() > 0);
    CHECK(bed.merger_->push_given_up(3) == 0);
    const auto firing = bed.merger_->firing_events(bed.plan_->pushes[0]);
    CHECK_FALSE(firing.empty());
    for (const std::string& event : firing) CHECK(alerts.contains(Reader::id_in(event)));
    CHECK(bed.merger_->firing_events(bed.plan_->pushes[2]).empty());
  }
}

TEST_CASE("crashes anywhere give the bytes of an undisturbed run") {
  const struct {
    const char* name;
    WindowConfig window;
  } rows[] = {
      {"one after the other", {Milliseconds(60'000), {}, 0, {}}},
      {"hopping", {Milliseconds(60'000), Milliseconds(24'000), 0, {}}},
      {"by count", {Milliseconds(5'000), {}, 1500, {}}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    Bed undisturbed = make_bed(row.window);
    undisturbed.run(1, 0);
    CHECK(undisturbed.reader_.seen_.size() > 30);
    for (const std::size_t crash_every : {3, 11, 29}) {
      CAPTURE(crash_every);
      Bed bed = make_bed(row.window);
      bed.run(crash_every + 1, crash_every);
      CHECK(bed.reader_.changed_ == 0);
      CHECK(bed.reader_.seen_ == undisturbed.reader_.seen_);
    }
  }
}

TEST_CASE("windows that rows ended are told from those that time ended") {
  Bed bed = make_bed({Milliseconds(5'000), {}, 1000, {}});
  bed.run(1, 0);
  const auto& closed = bed.merger_->history(0).windows_closed;
  CHECK(closed[static_cast<std::size_t>(ClosedBy::kCount)] >= 8);
  CHECK(closed[static_cast<std::size_t>(ClosedBy::kTime)] == 1);  // what was left at the end
}

TEST_CASE("outputs that follow from an idle partition wait for a snapshot") {
  const auto plan = make_plan();
  EngineShard shard(*plan);
  EngineMerger merger(*plan);
  const std::vector<std::string> records = make_records(9, 3000, 3000);
  for (std::uint32_t p = 0; p < 2; ++p) {
    REQUIRE(shard.add_partition(p, id_of(p), 0, {}));
    merger.add_partition(p, id_of(p));
  }
  ShardOutput output;
  shard.consume(make_messages(0, records, 0, records.size()), output);
  CHECK(merger.apply(std::move(output)).empty());  // partition 1 holds everything back
  ShardOutput idle;
  CHECK(shard.idle(1, {}, idle));
  CHECK_FALSE(merger.apply(std::move(idle)).empty());
  CHECK(merger.wants_snapshot());
  CHECK(merger.releasable() == 0);
  merger.snapshot_saved();
  CHECK(merger.releasable() == merger.outbox().last_sequence());
  CHECK_FALSE(merger.wants_snapshot());
}

TEST_CASE("a topic that falls silent closes its last windows by the clock, once a snapshot holds that it did") {
  const auto plan = make_plan();
  EngineShard shard(*plan);
  EngineMerger merger(*plan);
  REQUIRE(shard.add_partition(0, id_of(0), 0, {}));
  merger.add_partition(0, id_of(0));
  merger.snapshot_saved();
  const std::vector<std::string> records = make_records(9, 3000, 3000);
  ShardOutput output;
  shard.consume(make_messages(0, records, 0, records.size()), output);
  merger.apply(std::move(output));
  const auto closed = [&] { return merger.history(0).windows_closed; };
  const auto before = closed();
  const std::int64_t last_end = merger.last_judgement(0)->end_us;
  const auto idle_for = [&](std::int64_t us, std::int64_t now_us) {
    ShardOutput idle;
    if (shard.idle(0, {us, now_us}, idle)) merger.apply(std::move(idle));
  };
  idle_for(60'000'000, last_end + 86'400'000'000);
  CHECK(closed() == before);
  idle_for(600'000'000, last_end + 86'400'000'000);
  CHECK(closed()[static_cast<std::size_t>(ClosedBy::kIdle)] > 0);
  CHECK(closed()[static_cast<std::size_t>(ClosedBy::kTime)] == before[static_cast<std::size_t>(ClosedBy::kTime)]);
  CHECK(merger.last_judgement(0)->end_us > last_end);
  CHECK(merger.wants_snapshot());
  CHECK(merger.releasable() == 0);
  merger.snapshot_saved();
  CHECK(merger.releasable() == merger.outbox().last_sequence());
  // What the snapshot says survives: the same rows once more would be late.
  Snapshot snapshot;
  merger.save(snapshot);
  EngineMerger again(*plan);
  REQUIRE(again.load(snapshot));
  CHECK(again.history(0).windows_closed == closed());
}

namespace {

// Hands the first record back once, and acknowledges everything else.
class Reluctant final : public RecordSink {
 public:
  bool send(const OutRecord& record) override {
    (std::exchange(first_, false) ? failed_ : acked_).push_back(record.sequence);
    return true;
  }
  std::vector<std::uint64_t> take_acked() override { return std::exchange(acked_, {}); }
  std::vector<std::uint64_t> take_failed() override { return std::exchange(failed_, {}); }

 private:
  bool first_ = true;
  std::vector<std::uint64_t> acked_, failed_;
};

}  // namespace

TEST_CASE("dead letters are counted once the sink has answered, events beside them are not") {
  const auto plan = make_plan();
  EngineShard shard(*plan);
  EngineMerger merger(*plan);
  using Counts = std::map<std::pair<std::string, std::string>, std::uint64_t>;
  CHECK(merger.dead_letters() == Counts{{{"t", "ok"}, 0}, {{"t", "retry"}, 0}, {{"t", "error"}, 0}});
  REQUIRE(shard.add_partition(0, id_of(0), 0, {}));
  merger.add_partition(0, id_of(0));
  merger.snapshot_saved();
  const std::vector<std::string> records = make_records(9, 3000, 3000);
  const auto bad = static_cast<std::uint64_t>(std::count(records.begin(), records.end(), "{not json"));
  ShardOutput output;
  shard.consume(make_messages(0, records, 0, records.size()), output);
  std::uint64_t events = 0;  // its windows leave as such, and its alerts
  for (const ClosedWindow& closed : merger.apply(std::move(output))) events += 1 + closed.transitions.size();
  CHECK(events > 0);
  Reluctant sink;
  for (int step = 0; step < 2; ++step) {
    merger.outbox().send(sink, merger.releasable());
    merger.settle(sink);
    CHECK(merger.dead_letters() == Counts{{{"t", "ok"}, bad - (step == 0 ? 1 : 0)}, {{"t", "retry"}, 1}, {{"t", "error"}, 0}});
  }
  CHECK(merger.outbox().delivered() == events);
  CHECK(merger.outbox().waiting() == 0);
}

TEST_CASE("state of a monitor whose definition changed is left out, the rest is kept") {
  Bed bed = make_bed();
  bed.run(1, 0);
  Snapshot snapshot;
  bed.merger_->save(snapshot);
  Config changed = make_config();
  changed.monitors[0].window.every = Milliseconds(120'000);
  const auto plan = make_engine_plan(changed, {make_reference()});
  REQUIRE(plan);
  EngineMerger merger(**plan);
  CHECK(merger.load(snapshot));
  CHECK(merger.last_judgement(0) == nullptr);
  EngineMerger same(*bed.plan_);
  CHECK(same.load(snapshot));
  REQUIRE(same.last_judgement(0) != nullptr);
  CHECK(same.history(0).windows_closed == bed.merger_->history(0).windows_closed);
  Snapshot again;
  same.save(again);
  CHECK(again == snapshot);
}

namespace {

// What a plan finds in a snapshot that another one left while alerts fired.
struct Reloaded {
  explicit Reloaded(const Config& config) {
    std::vector<std::shared_ptr<const Reference>> references(config.monitors.size(), make_reference());
    plan = std::move(*make_engine_plan(config, std::move(references)));
    merger = std::make_unique<EngineMerger>(*plan);
  }
  std::vector<JsonTree> events_to(const std::string& topic) const {
    Reader reader;
    merger->outbox().send(reader, merger->releasable());
    std::vector<JsonTree> events;
    for (const auto& [key, event] : reader.seen_) {
      if (key.starts_with(topic)) events.push_back(parse_json(event).value());
    }
    return events;
  }
  std::unique_ptr<const EnginePlan> plan;
  std::unique_ptr<EngineMerger> merger;
};

std::size_t firing(const EngineMerger& merger) {
  const auto alerts = merger.alerts(0).status();
  return static_cast<std::size_t>(std::ranges::count(alerts, AlertState::kFiring, &AlertStatus::state));
}

// With an empty outbox: every event so far has left.
Snapshot left_behind(Bed& bed) {
  bed.run(1, 0);
  bed.merger_->settle(bed.reader_);
  Snapshot snapshot;
  bed.merger_->save(snapshot);
  return snapshot;
}

}  // namespace

TEST_CASE("alerts of a monitor that changed or is gone end at whoever was told of them, once and with equal bytes") {
  Bed bed = make_bed();
  const Snapshot snapshot = left_behind(bed);
  REQUIRE(firing(*bed.merger_) > 0);
  Config changed = make_config(), removed = make_config();
  changed.monitors[0].window.every = Milliseconds(120'000);
  removed.monitors[0].name = "another";
  for (const auto& [other, why] : {std::pair{changed, "monitor_changed"}, {removed, "monitor_removed"}}) {
    const Config& config = other;
    const std::string reason = why;
    CAPTURE(reason);
    Reloaded reloaded(config);
    REQUIRE(reloaded.merger->load(snapshot));
    CHECK(reloaded.merger->loaded_other());
    CHECK(reloaded.merger->ended().size() == firing(*bed.merger_));
    const auto events = reloaded.events_to("events");
    REQUIRE(events.size() == reloaded.merger->ended().size());
    for (const JsonTree& event : events) {
      CHECK(*event.find("data.reason")->text() == reason);
    }
    CHECK(firing(*reloaded.merger) == 0);
    // A crash before the next snapshot does it again; one behind it does not.
    Reloaded again(config);
    REQUIRE(again.merger->load(snapshot));
    Snapshot first, second;
    reloaded.merger->save(first);
    again.merger->save(second);
    CHECK(first == second);
    Reloaded behind(config);
    REQUIRE(behind.merger->load(first));
    CHECK(behind.merger->ended().empty());
    CHECK_FALSE(behind.merger->loaded_other());
  }
}

TEST_CASE("a monitor that begins anew goes on counting; one whose alerts alone changed goes on with everything") {
  Bed bed = make_bed();
  const Snapshot snapshot = left_behind(bed);
  Config changed = make_config();
  changed.monitors[0].window.every = Milliseconds(120'000);
  Reloaded anew(changed);
  REQUIRE(anew.merger->load(snapshot));
  CHECK(anew.merger->history(0).windows_closed == bed.merger_->history(0).windows_closed);
  CHECK(anew.merger->history(0).entries.empty());
  CHECK(anew.merger->last_judgement(0) == nullptr);
  Config alerts = make_config();
  alerts.monitors[0].alerts.close_after = 9;
  Reloaded same(alerts);
  REQUIRE(same.merger->load(snapshot));
  CHECK_FALSE(same.merger->loaded_other());
  CHECK(firing(*same.merger) == firing(*bed.merger_));
  CHECK(same.merger->ended().empty());
}

TEST_CASE("a monitor that is added leaves the others' state as it was") {
  Bed bed = make_bed();
  const Snapshot snapshot = left_behind(bed);
  Config more = make_config();
  more.monitors.push_back(more.monitors[0]);
  more.monitors[1].name = "second";
  Reloaded reloaded(more);
  REQUIRE(reloaded.merger->load(snapshot));
  CHECK(reloaded.merger->loaded_other());
  CHECK(reloaded.merger->ended().empty());
  Snapshot after;
  reloaded.merger->save(after);
  CHECK(after.find("monitor/m")->bytes == snapshot.find("monitor/m")->bytes);
}

TEST_CASE("damaged sections are refused by name") {
  Bed bed = make_bed();
  bed.run(1, 0);
  Snapshot snapshot;
  bed.merger_->save(snapshot);
  for (SnapshotSection& section : snapshot.sections) {
    if (!section.mandatory) continue;  // nobody reads it
    Snapshot damaged = snapshot;
    std::string& bytes = damaged.sections[static_cast<std::size_t>(&section - snapshot.sections.data())].bytes;
    bytes.resize(bytes.size() - 1);
    EngineMerger merger(*bed.plan_);
    CHECK_FALSE(merger.load(damaged));
  }
}

TEST_CASE("a last window that its monitor cannot have had is refused") {
  Bed bed = make_bed();
  bed.run(1, 0);
  Snapshot good;
  bed.merger_->save(good);
  REQUIRE(bed.merger_->last_judgement(0) != nullptr);
  ByteWriter of_last;
  save_judgement(*bed.merger_->last_judgement(0), of_last);
  const auto found = std::ranges::find(good.sections, std::string(kMonitorSection) + "m", &SnapshotSection::id);
  const std::size_t section = static_cast<std::size_t>(found - good.sections.begin()), at = found->bytes.find(of_last.bytes());
  const auto with_last = [&](const Judgement& last) {
    Snapshot forged = good;
    ByteWriter other;
    save_judgement(last, other);
    forged.sections[section].bytes.replace(at, of_last.size(), other.bytes());
    return EngineMerger(*bed.plan_).load(forged);
  };
  const Judgement& last = *bed.merger_->last_judgement(0);
  CHECK(with_last(last).has_value());
  Judgement elsewhere = last;  // the monitor's place in the configuration it was saved under
  elsewhere.monitor = 7;
  CHECK(with_last(elsewhere).has_value());
  void (*const changes[])(Judgement&) = {
      [](Judgement& j) { j.verdicts.back().feature = 1'000'000; },  //
      [](Judgement& j) { j.verdicts.back().segment = 1'000'000; },  //
      [](Judgement& j) { j.verdicts.back().status = Status{9}; },   //
      [](Judgement& j) { j.segment_rows.resize(1'000); },           //
      [](Judgement& j) { j.performance.resize(1'000); },            //
      [](Judgement& j) { std::swap(j.start_us, j.end_us); },
  };
  for (const auto change : changes) {
    Judgement changed = last;
    change(changed);
    const auto loaded = with_last(changed);
    REQUIRE_FALSE(loaded.has_value());
    CHECK(loaded.error() == "the last windows of monitor 'm' cannot be read");
  }
  Snapshot cut = good;
  cut.sections[section].bytes.resize(at - 2);  // in the history before it
  CHECK_FALSE(EngineMerger(*bed.plan_).load(cut).has_value());
}

}  // namespace driftd
