#include "daemon/window/label_join.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "daemon/window/partition_panes.h"

namespace driftd {
namespace {

constexpr std::int64_t kPane = 1000, kWithin = 2500;

PanePlan losses_plan() {
  PanePlan plan;
  plan.joined = true;
  plan.pane_us = plan.window_us = kPane;
  FieldPlan losses;
  losses.from = FieldSource::kError;
  losses.cell_count = 3;
  losses.kernel = CellKernel(NumericCells{.discrete = true, .edges = {0, 1}, .coarse = {0, 1, 2, 3}});
  losses.min = 0;
  losses.max = 1;
  losses.keep_values = true;
  plan.fields.push_back(losses);
  plan.cells = 3;
  return plan;
}

LabelJoinPlan join_plan() {
  LabelJoinPlan plan;
  plan.predictions.rows = PaneRows::kPredictions;
  plan.labels.rows = PaneRows::kLabels;
  plan.predictions.pane_us = plan.labels.pane_us = kPane;
  plan.join_within_us = kWithin;
  plan.answers = AnswerScale({Task::kBinary, 0.5, true});
  plan.max_pending = 1000;
  return plan;
}

struct Row {
  std::int64_t time;
  std::uint64_t id;
  double answer;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
};

JoinRow join_row(const Row& row) { return {{1, row.id}, row.time, row.offset, 0, {Answer::Kind::kNumber, row.answer, 0}}; }

Pane pane_of(std::int64_t start, const std::vector<Row>& rows) {
  Pane pane;
  pane.start_us = start;
  pane.segments.resize(1);
  for (const Row& row : rows) {
    pane.rows.push_back(join_row(row));
    pane.first_offset = std::min(pane.first_offset, row.offset);
    pane.last_offset = std::max(pane.last_offset, row.offset);
  }
  return pane;
}

// One partition of each topic, everything of a pane at once, then both topics end.
struct Joined {
  std::vector<LabelJoin::JoinedPane> panes;
  LabelCounters counters;
};
Joined join_all(const LabelJoinPlan& plan, const std::vector<Row>& predictions, const std::vector<Row>& labels) {
  static const PanePlan losses = losses_plan();
  LabelJoin join(plan, losses);
  std::map<std::int64_t, std::vector<Row>> by_start, labels_by_start;
  for (const Row& row : predictions) by_start[pane_start(row.time, kPane)].push_back(row);
  for (const Row& row : labels) labels_by_start[pane_start(row.time, kPane)].push_back(row);
  for (const auto& [start, rows] : by_start) join.add_predictions({"p", 0}, pane_of(start, rows));
  for (const auto& [start, rows] : labels_by_start) join.add_labels({"l", 0}, pane_of(start, rows));
  Joined out;
  join.advance(PartitionPanes::kFinished, PartitionPanes::kFinished, out.panes);
  out.counters = join.counters();
  CHECK(join.pending_predictions() == 0);
  CHECK(join.pending_labels() == 0);
  return out;
}

std::vector<double> losses_of(const Joined& joined) {
  std::vector<double> losses;
  for (const auto& [id, pane] : joined.panes) {
    for (const SequentialValue& value : pane.values.front()) losses.push_back(value.value);
  }
  return losses;
}

}  // namespace

TEST_CASE("a label and a prediction of one id join, whichever came first, within the time") {
  const LabelJoinPlan plan = join_plan();
  struct Case {
    const char* name;
    std::int64_t label_time;
    std::vector<double> losses;
    std::uint64_t expired;
  };
  for (const Case& row : std::vector<Case>{{"at once", 5000, {1}, 0},
                                           {"at the last moment", 5000 + kWithin, {1}, 0},
                                           {"too late", 5001 + kWithin, {}, 1},
                                           {"before it", 5000 - kWithin, {1}, 0},
                                           {"too early", 4999 - kWithin, {}, 1}}) {
    CAPTURE(row.name);
    const Joined joined = join_all(plan, {{5000, 7, 0.9}}, {{row.label_time, 7, 0}});
    CHECK(losses_of(joined) == row.losses);
    CHECK(joined.counters.predictions == 1);
    CHECK(joined.counters.joined == row.losses.size());
    CHECK(joined.counters.expired == row.expired);
    REQUIRE(joined.panes.size() == 1);
    CHECK(joined.panes[0].second.joined[0].predicted == 1);
    CHECK(joined.panes[0].second.joined[0].performance.labelled == row.losses.size());
    CHECK(joined.panes[0].second.segments[0].rows == row.losses.size());
  }
}

TEST_CASE("repeats have written rules") {
  const LabelJoinPlan plan = join_plan();
  SUBCASE("the last label is the truth: a correction") {
    const Joined joined = join_all(plan, {{5000, 7, 0.9}}, {{5100, 7, 0, 0, 1}, {6200, 7, 1, 0, 2}});
    CHECK(losses_of(joined) == std::vector<double>{0});
    CHECK(joined.counters.corrections == 1);
    CHECK(joined.counters.duplicates == 0);
  }
  SUBCASE("the same label again changes nothing") {
    const Joined joined = join_all(plan, {{5000, 7, 0.9}}, {{5100, 7, 0, 0, 1}, {5100, 7, 0, 0, 2}});
    CHECK(losses_of(joined) == std::vector<double>{1});
    CHECK(joined.counters.duplicates == 1);
    CHECK(joined.counters.expired == 0);
  }
  SUBCASE("the first of two predictions takes the label") {
    const Joined joined = join_all(plan, {{5000, 7, 0.9, 0, 1}, {5200, 7, 0.1, 0, 2}}, {{5300, 7, 1}});
    CHECK(losses_of(joined) == std::vector<double>{0});
    CHECK(joined.counters.repeated_predictions == 1);
  }
  SUBCASE("an answer that the task cannot use is counted and joins nothing") {
    const Joined joined = join_all(plan, {{5000, 7, 1.5}}, {{5300, 7, 1}});
    CHECK(losses_of(joined).empty());
    CHECK(joined.counters.unusable == 1);
  }
}

TEST_CASE("delays fall into buckets, a label before its prediction into the first") {
  const LabelJoinPlan plan = [] {
    LabelJoinPlan wide = join_plan();
    wide.join_within_us = 8 * 86'400'000'000;
    return wide;
  }();
  const Joined joined = join_all(plan, {{1'000'000, 1, 1}, {1'000'000, 2, 1}, {1'000'000, 3, 1}, {1'000'000, 4, 1}},
                                 {{0, 1, 1}, {2'000'000, 2, 1}, {3'000'001, 3, 1}, {650'000'000'000, 4, 1}});
  CHECK(joined.counters.delays[0] == 2);
  CHECK(joined.counters.delays[1] == 1);
  CHECK(joined.counters.delays.back() == 1);
  CHECK(joined.counters.delay_ms == 1000 + 2000 + 649'999'000);
}

TEST_CASE("what does not fit is left out, counted, and said") {
  LabelJoinPlan plan = join_plan();
  plan.max_pending = 2;
  const Joined joined = join_all(plan, {{5000, 1, 1, 0, 1}, {5001, 2, 1, 0, 2}, {5002, 3, 1, 0, 3}}, {{5100, 3, 1}});
  CHECK(joined.counters.left_out == 1);
  CHECK(joined.counters.predictions == 2);
  REQUIRE(joined.panes.size() == 1);
  CHECK_FALSE(joined.panes[0].second.complete);
}

TEST_CASE("a pane that lost labels may need is incomplete") {
  const LabelJoinPlan plan = join_plan();
  const PanePlan losses = losses_plan();
  for (const auto& [label_start, complete] : {std::pair{7000, false}, {8000, false}, {9000, true}, {2000, false}, {1000, true}}) {
    CAPTURE(label_start);
    LabelJoin join(plan, losses);
    join.add_predictions({"p", 0}, pane_of(5000, {{5000, 7, 1}}));
    Pane labels = pane_of(label_start, {});
    labels.complete = false;
    join.add_labels({"l", 0}, std::move(labels));
    std::vector<LabelJoin::JoinedPane> out;
    join.advance(9000, 9000, out);
    REQUIRE(out.size() == 1);
    CHECK(out[0].second.complete == complete);
  }
}

TEST_CASE("nothing is judged before both topics have passed it") {
  const LabelJoinPlan plan = join_plan();
  const PanePlan losses = losses_plan();
  LabelJoin join(plan, losses);
  join.add_predictions({"p", 0}, pane_of(5000, {{5000, 7, 1}}));
  std::vector<LabelJoin::JoinedPane> out;
  join.advance(kNoTime, 100'000, out);
  join.advance(100'000, kNoTime, out);
  join.advance(5999, 100'000, out);
  join.advance(100'000, 8999, out);  // labels up to 8,499 may still belong to it, and 8,000 is as far as whole panes go
  CHECK(out.empty());
  CHECK(join.pending_predictions() == 1);
  join.advance(100'000, 9000, out);
  CHECK(out.size() == 1);
  CHECK(join.joined_until_us() == 6000);
  // A pane that comes after its time is counted, not judged.
  join.add_predictions({"p", 1}, pane_of(5000, {{5500, 8, 1}}));
  CHECK(join.counters().left_out == 1);
}

namespace {

struct Streams {
  std::vector<std::vector<Row>> predictions, labels;  // by partition, in offset order
};

// Ids repeat now and then, labels come late, early, twice or never.
Streams random_streams(std::mt19937_64& random) {
  Streams streams{std::vector<std::vector<Row>>(2), std::vector<std::vector<Row>>(3)};
  std::vector<std::tuple<std::int64_t, std::uint64_t>> order;
  std::int64_t now = 10'000;
  const auto add = [&](std::vector<std::vector<Row>>& into, Row row) {
    row.partition = static_cast<std::int32_t>(random() % into.size());
    into[static_cast<std::size_t>(row.partition)].push_back(row);
  };
  for (int i = 0; i < 400; ++i) {
    now += static_cast<std::int64_t>(random() % 60);
    const std::uint64_t id = random() % 10 == 0 ? random() % 50 : 1000 + static_cast<std::uint64_t>(i);
    add(streams.predictions, {now, id, static_cast<double>(random() % 100) / 100});
    for (std::uint64_t copies = random() % 4; copies > 1 || (copies == 1 && random() % 2 == 0); --copies) {
      const std::int64_t delay = static_cast<std::int64_t>(random() % 6000) - 3000;
      add(streams.labels, {now + delay, id, static_cast<double>(random() % 2)});
    }
  }
  for (auto* side : {&streams.predictions, &streams.labels}) {
    for (auto& rows : *side) {
      // A bit out of order, as producers are; offsets follow.
      std::ranges::stable_sort(rows, {}, [](const Row& row) { return row.time / 400; });
      for (std::size_t i = 0; i < rows.size(); ++i) rows[i].offset = static_cast<std::int64_t>(i);
    }
  }
  return streams;
}

std::vector<Row> flat_sorted(const std::vector<std::vector<Row>>& partitions) {
  std::vector<Row> all;
  for (const auto& rows : partitions) all.insert(all.end(), rows.begin(), rows.end());
  std::ranges::sort(all, {}, [](const Row& row) { return std::tuple(row.time, row.partition, row.offset); });
  return all;
}

struct Pair {
  std::int64_t time, offset;
  double loss;
  friend bool operator==(const Pair&, const Pair&) = default;
};

// The rules of the header, word by word, on everything at once.
std::vector<Pair> straight_join(const Streams& streams) {
  std::vector<Row> labels = flat_sorted(streams.labels);
  std::vector<bool> taken(labels.size(), false);
  std::vector<Pair> pairs;
  for (const Row& prediction : flat_sorted(streams.predictions)) {
    std::optional<double> truth;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (labels[i].id != prediction.id || taken[i] || std::abs(labels[i].time - prediction.time) > kWithin) continue;
      taken[i] = true;
      truth = labels[i].answer;
    }
    if (truth) pairs.push_back({prediction.time, prediction.offset, (prediction.answer >= 0.5 ? 1.0 : 0.0) == *truth ? 0.0 : 1.0});
  }
  return pairs;
}

// Feeds panes of all partitions in a random interleaving, as watermarks would let them come; restarts from its own bytes now and then.
std::vector<Pair> streamed_join(const Streams& streams, std::mt19937_64& random) {
  static const LabelJoinPlan plan = join_plan();
  static const PanePlan losses = losses_plan();
  auto join = std::make_unique<LabelJoin>(plan, losses);
  std::vector<std::int64_t> at(streams.predictions.size() + streams.labels.size(), 6000);
  std::vector<Pair> pairs;
  std::vector<LabelJoin::JoinedPane> out;
  const auto rows_of = [&](std::size_t p) -> const std::vector<Row>& {
    return p < streams.predictions.size() ? streams.predictions[p] : streams.labels[p - streams.predictions.size()];
  };
  while (*std::ranges::min_element(at) < 50'000) {
    const std::size_t p = random() % at.size();
    const bool is_label = p >= streams.predictions.size();
    std::vector<Row> rows;
    for (const Row& row : rows_of(p)) {
      if (pane_start(row.time, kPane) == at[p]) rows.push_back(row);
    }
    const auto partition = static_cast<std::int32_t>(is_label ? p - streams.predictions.size() : p);
    if (!rows.empty() && is_label) join->add_labels({"l", partition}, pane_of(at[p], rows));
    if (!rows.empty() && !is_label) join->add_predictions({"p", partition}, pane_of(at[p], rows));
    at[p] += kPane;
    const auto middle = at.begin() + static_cast<std::ptrdiff_t>(streams.predictions.size());
    join->advance(*std::min_element(at.begin(), middle), *std::min_element(middle, at.end()), out);
    if (random() % 5 != 0) continue;
    ByteWriter state, again;
    join->save(state);
    join = std::make_unique<LabelJoin>(plan, losses);
    ByteReader in(state.bytes());
    REQUIRE(join->load(in));
    REQUIRE(in.done());
    join->save(again);
    REQUIRE(again.bytes() == state.bytes());
  }
  // Panes come by start and partition; values of one start over its partitions by time, as a window sorts them.
  for (const auto& [id, pane] : out) {
    for (const SequentialValue& value : pane.values.front()) pairs.push_back({value.event_time_us, value.offset, value.value});
  }
  return pairs;
}

}  // namespace

TEST_CASE("any interleaving and any restart join as the rules say, applied to everything at once") {
  const std::uint64_t seed = 47;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 20; ++round) {
    const Streams streams = random_streams(random);
    const auto order = [](const Pair& pair) { return std::tuple(pair.time, pair.offset, pair.loss); };
    auto want = straight_join(streams), got = streamed_join(streams, random);
    std::ranges::sort(want, {}, order);
    std::ranges::sort(got, {}, order);
    CHECK(want.size() > 100);
    CHECK(got == want);
  }
}

TEST_CASE("a row outside its pane is refused: its time would be anything") {
  const LabelJoinPlan plan = join_plan();
  const PanePlan losses = losses_plan();
  const auto loads = [&](std::int64_t prediction_time, std::int64_t label_time) {
    LabelJoin join(plan, losses);
    join.add_predictions({"p", 0}, pane_of(5000, {{prediction_time, 7, 1}}));
    join.add_labels({"l", 0}, pane_of(5000, {{label_time, 7, 1}}));
    ByteWriter state;
    join.save(state);
    LabelJoin again(plan, losses);
    ByteReader in(state.bytes());
    return again.load(in) && in.done();
  };
  CHECK(loads(5000, 5999));
  for (const std::int64_t outside : {std::int64_t{4999}, std::int64_t{6000}, INT64_MIN, INT64_MAX}) {
    CAPTURE(outside);
    CHECK_FALSE(loads(outside, 5000));
    CHECK_FALSE(loads(5000, outside));
  }
}

TEST_CASE("damaged state is refused") {
  const LabelJoinPlan plan = join_plan();
  const PanePlan losses = losses_plan();
  LabelJoin join(plan, losses);
  join.add_predictions({"p", 0}, pane_of(5000, {{5000, 7, 1}, {5001, 8, 0}}));
  join.add_labels({"l", 0}, pane_of(5000, {{5000, 7, 1}}));
  ByteWriter state;
  join.save(state);
  for (std::size_t size = 0; size < state.bytes().size(); ++size) {
    LabelJoin cut(plan, losses);
    ByteReader in(std::string_view(state.bytes()).substr(0, size));
    CHECK_FALSE((cut.load(in) && in.done()));
  }
}

}  // namespace driftd
