#include "daemon/history/reader.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "daemon/history/store.h"
#include "tests/daemon/history/closed_windows.h"
#include "tests/temp_folder.h"

using namespace driftd;

namespace {

constexpr SeriesName kAmount{"m", "amount", "all"};

void write(const std::string& path, std::span<const HistoryWindow> windows) {
  auto store = HistoryStore::open(path);
  REQUIRE(store);
  REQUIRE(store->write(windows));
}

}  // namespace

TEST_CASE("a window of the past is what the status said of it") {
  const TempFolder folder;
  const std::string path = folder.path("h.db");
  const test::ClosedWindows closed;
  const auto& windows = closed.windows();
  write(path, windows);
  HistoryReader reader(path);
  const Judgement& third = *windows[2].judgement;
  for (const std::int64_t at : {third.end_us, third.end_us + 59'999'999}) {
    const auto found = reader.feature_at(kAmount, at);
    REQUIRE(found);
    REQUIRE(*found);
    const PastFeature& past = **found;
    CHECK(past.window.start_us == third.start_us);
    CHECK(past.window.end_us == third.end_us);
    CHECK(past.previous_end_us == windows[1].judgement->end_us);
    CHECK(past.next_end_us == windows[3].judgement->end_us);
    CHECK(past.reference_id == "abcdef012345");
    CHECK(past.reference_rows == 20'000);
    CHECK(past.feature.name == "amount");
    CHECK(past.feature.kind == "drift");
    CHECK(past.feature.numeric);
    CHECK(past.feature.status == Status::kOk);
    CHECK(past.feature.rows == third.verdicts[0].rows);
    CHECK(past.feature.ratio == worst_ratio(third.verdicts[0].drift));
    REQUIRE(past.feature.cells.size() == third.verdicts[0].cells.size());
    CHECK(past.feature.cells[3].current == third.verdicts[0].cells[3].current);
  }
  const auto first = reader.feature_at(kAmount, windows[0].judgement->end_us);
  CHECK((**first).previous_end_us == kNoTime);
  const auto last = reader.feature_at(kAmount, INT64_MAX);
  CHECK((**last).window.end_us == windows.back().judgement->end_us);
  CHECK((**last).next_end_us == kNoTime);
  CHECK_FALSE(*reader.feature_at(kAmount, windows[0].judgement->end_us - 1));
  CHECK_FALSE(*reader.feature_at({"m", "amount", "none"}, INT64_MAX));
  CHECK_FALSE(*reader.feature_at({"other", "amount", "all"}, INT64_MAX));
}

TEST_CASE("points come oldest first, within their range, the newest where there are more") {
  const TempFolder folder;
  const test::ClosedWindows closed;
  const auto& windows = closed.windows();
  write(folder.path("h.db"), windows);
  HistoryReader reader(folder.path("h.db"));
  const auto all = reader.feature_points(kAmount, {});
  REQUIRE(all);
  REQUIRE(all->size() == windows.size());
  for (std::size_t i = 0; i < windows.size(); ++i) {
    CHECK((*all)[i].window.end_us == windows[i].judgement->end_us);
    CHECK((*all)[i].feature.rows == windows[i].judgement->verdicts[0].rows);
    CHECK((*all)[i].feature.cells.empty());
    CHECK((*all)[i].feature.methods.front().method == "psi");
  }
  const auto range = reader.feature_points(kAmount, {windows[1].judgement->end_us, windows[3].judgement->end_us, 100});
  CHECK(range->size() == 3);
  const auto newest = reader.feature_points(kAmount, {INT64_MIN, INT64_MAX, 2});
  REQUIRE(newest->size() == 2);
  CHECK(newest->front().window.end_us == (windows.end() - 2)->judgement->end_us);
  const auto segment = reader.segment_points("m", "all", {});
  REQUIRE(segment);
  REQUIRE(segment->size() == windows.size());
  CHECK(segment->back().rows == windows.back().judgement->segment_rows[0]);
  CHECK(segment->back().judged == 3);
  CHECK(segment->back().over >= 1);
  CHECK(segment->back().ratio >= 1);
  CHECK(segment->front().over == 0);
  CHECK(reader.performance_points("m", "all", {})->empty());
}

TEST_CASE("an alert has its timeline, and a monitor its transitions") {
  const TempFolder folder;
  const test::ClosedWindows closed;
  write(folder.path("h.db"), closed.windows());
  HistoryReader reader(folder.path("h.db"));
  const auto all = reader.transitions("m", {});
  REQUIRE(all);
  REQUIRE(all->size() >= 3);
  const PastTransition& opened = all->front();
  CHECK(opened.transition == "firing");
  CHECK(opened.event.find(opened.event_id) != std::string::npos);
  const auto timeline = reader.timeline(opened.alert_id);
  REQUIRE(timeline);
  REQUIRE_FALSE(timeline->empty());
  for (const PastTransition& to : *timeline) CHECK(to.alert_id == opened.alert_id);
  CHECK(timeline->front().summary == opened.summary);
  CHECK(reader.transitions("m", {INT64_MIN, INT64_MAX, 1})->front().event_id == all->back().event_id);
  CHECK(reader.timeline("none")->empty());
}

TEST_CASE("a file that is not there is an empty history; one that comes, or is replaced, is seen; one that is damaged says so") {
  const TempFolder folder;
  const std::string path = folder.path("h.db");
  const test::ClosedWindows closed;
  HistoryReader reader(path);
  CHECK(reader.feature_points(kAmount, {})->empty());
  CHECK_FALSE(*reader.feature_at(kAmount, INT64_MAX));
  write(path, std::span(closed.windows()).first(2));
  CHECK(reader.feature_points(kAmount, {})->size() == 2);
  REQUIRE(set_history_aside(path));
  CHECK(reader.feature_points(kAmount, {})->empty());
  write(path, std::span(closed.windows()).first(1));
  CHECK(reader.feature_points(kAmount, {})->size() == 1);
  std::filesystem::remove(path);
  folder.write("h.db", std::string(50'000, 'x'));
  const auto damaged = reader.feature_points(kAmount, {});
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error() == "the history cannot be read: file is not a database");
}
