#include "daemon/history/store.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "tests/daemon/history/closed_windows.h"
#include "tests/temp_folder.h"

using namespace driftd;

namespace {

constexpr std::int64_t kMinute = 60'000'000;

std::int64_t count(const std::string& path, const char* sql) { return Database::open(path, Database::Access::kRead)->integer(sql); }

HistoryStore must_open(const std::string& path) {
  auto opened = HistoryStore::open(path);
  REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
  return std::move(*opened);
}

}  // namespace

TEST_CASE("windows written again, in other parts and by another process, are the same history") {
  const TempFolder folder;
  const test::ClosedWindows closed;
  const auto& windows = closed.windows();
  REQUIRE(windows.size() >= 8);
  HistoryStore once = must_open(folder.path("once.db"));
  REQUIRE(once.write(windows));
  const std::string want = test::history_text(folder.path("once.db"));
  CHECK(std::ranges::count(want, '\n') > 50);
  CHECK(want.find("firing") != std::string::npos);
  {
    HistoryStore first = must_open(folder.path("again.db"));
    REQUIRE(first.write(std::span(windows).first(6)));
  }
  const test::ClosedWindows after_restart;
  HistoryStore second = must_open(folder.path("again.db"));
  REQUIRE(second.write(std::span(after_restart.windows()).subspan(3, 4)));
  REQUIRE(second.write(std::span(after_restart.windows()).subspan(5)));
  CHECK(test::history_text(folder.path("again.db")) == want);
  // Written again with other content, a window is the new one.
  HistoryWindow changed = closed.later(2, 0);
  auto judgement = std::make_shared<Judgement>(*changed.judgement);
  judgement->segment_rows[0] += 1;
  changed.judgement = judgement;
  REQUIRE(second.write(std::span(&changed, 1)));
  CHECK(count(folder.path("again.db"), "SELECT count(*) FROM windows") == static_cast<std::int64_t>(windows.size()));
  CHECK(test::history_text(folder.path("again.db")) != want);
}

TEST_CASE("beyond the retention, counted from the newest window, windows go in steps") {
  const TempFolder folder;
  const test::ClosedWindows closed;
  HistoryStore store = must_open(folder.path("h.db"));
  REQUIRE(store.write(closed.windows()));
  std::vector<HistoryWindow> more;
  for (int i = 1; i <= 40; ++i) more.push_back(closed.later(0, i * 20 * kMinute));
  REQUIRE(store.write(more));
  const HistoryLimits limits{10 * 20 * kMinute, 1ULL << 40};
  int steps = 0;
  while (true) {
    const auto again = store.trim(limits);
    REQUIRE(again);
    if (!*again) break;
    ++steps;
  }
  CHECK(steps > 2);
  CHECK(count(folder.path("h.db"), "SELECT count(*) FROM windows") == 11);
  CHECK(count(folder.path("h.db"), "SELECT min(end_us) FROM windows") == more[29].judgement->end_us);
  CHECK(count(folder.path("h.db"), "SELECT count(*) FROM points") == 11 * 3);
  CHECK(count(folder.path("h.db"), "SELECT count(*) FROM transitions") == 0);
}

TEST_CASE("beyond its size the history loses what was written first, and the file does not grow") {
  const TempFolder folder;
  const std::string path = folder.path("h.db");
  const test::ClosedWindows closed;
  HistoryStore store = must_open(path);
  const HistoryLimits limits{INT64_MAX / 2, 400'000};
  std::uintmax_t largest = 0;
  for (int i = 1; i <= 60; ++i) {
    std::vector<HistoryWindow> more;
    for (int j = 0; j < 50; ++j) more.push_back(closed.later(0, (i * 50 + j) * kMinute));
    REQUIRE(store.write(more));
    while (store.trim(limits).value()) {
    }
    largest = std::max(largest, std::filesystem::file_size(path));
  }
  CHECK(largest < 700'000);
  const std::int64_t kept = count(path, "SELECT count(*) FROM windows");
  CHECK(kept > 100);
  CHECK(kept < 3000);
  CHECK(count(path, "SELECT max(end_us) FROM windows") == closed.windows()[0].judgement->end_us + (60 * 50 + 49) * kMinute);
  CHECK(history_size_bytes(path) >= std::filesystem::file_size(path));
}

TEST_CASE("what windows of an old definition meant goes with the last of them") {
  const TempFolder folder;
  const std::string path = folder.path("h.db");
  const test::ClosedWindows closed;
  HistoryStore store = must_open(path);
  HistoryPlan old = closed.plan();
  old.definition = "another";
  const auto old_plan = std::make_shared<const HistoryPlan>(old);
  HistoryWindow first = closed.windows()[0];
  first.plan = old_plan;
  REQUIRE(store.write(std::span(&first, 1)));
  REQUIRE(store.write(std::span(closed.windows()).subspan(1)));
  CHECK(count(path, "SELECT count(*) FROM definitions") == 2);
  CHECK(count(path, "SELECT count(*) FROM sides") == 6);
  while (store.trim({2 * kMinute, 1ULL << 40}).value()) {
  }
  CHECK(count(path, "SELECT count(*) FROM definitions") == 1);
  CHECK(count(path, "SELECT count(*) FROM sides") == 3);
  // And where the one in use went with them, the next window brings it back.
  while (store.trim({INT64_MAX / 2, 1}).value()) {
  }
  CHECK(count(path, "SELECT count(*) FROM windows") == 0);
  REQUIRE(store.write(std::span(closed.windows()).last(1)));
  CHECK(count(path,
              "SELECT count(*) FROM points p JOIN windows w ON w.id = p.window JOIN sides s ON s.definition = w.definition AND "
              "s.series = p.series") == 3);
}

TEST_CASE("damage and another version are told from what may pass; a file set aside is kept") {
  const TempFolder folder;
  folder.write("noise.db", std::string(100'000, 'n'));
  const auto noise = HistoryStore::open(folder.path("noise.db"));
  REQUIRE_FALSE(noise);
  CHECK(noise.error().damaged());
  REQUIRE(set_history_aside(folder.path("noise.db")));
  CHECK(folder.read("noise.db.damaged").size() == 100'000);
  CHECK(HistoryStore::open(folder.path("noise.db")));
  Database::open(folder.path("new.db"), Database::Access::kWrite)->run("PRAGMA user_version = 99");
  const auto newer = HistoryStore::open(folder.path("new.db"));
  REQUIRE_FALSE(newer);
  CHECK(newer.error().damaged());
  CHECK(newer.error().message == "it was written by another version of driftd");
  const auto nowhere = HistoryStore::open(folder.path("no/where.db"));
  REQUIRE_FALSE(nowhere);
  CHECK_FALSE(nowhere.error().damaged());
}

TEST_CASE("an alert that ended without a window is the last of its timeline, once, and goes with the window before it") {
  const TempFolder folder;
  const test::ClosedWindows closed;
  const auto& windows = closed.windows();
  HistoryStore store = must_open(folder.path("h.db"));
  REQUIRE(store.write(windows));
  EndedAlert ended{.monitor = "m", .event_id = "e1", .status = {}};
  ended.status.alert_id = "a1";
  ended.status.feature = "amount";
  ended.status.segment = "all";
  ended.status.resolved_us = windows.back().judgement->end_us;
  ended.status.event_json = "{}";
  const HistoryWindow alone{nullptr, nullptr, {}, {ended}};
  for (int times = 0; times < 2; ++times) REQUIRE(store.write(std::span(&alone, 1)));
  constexpr char kOne[] = "SELECT count(*) FROM transitions WHERE alert_id = 'a1' AND transition = 'resolved' AND monitor = 'm'";
  CHECK(count(folder.path("h.db"), kOne) == 1);
  ended.status.resolved_us += 1;  // of a window that is not there
  const HistoryWindow unknown{nullptr, nullptr, {}, {ended}};
  REQUIRE(store.write(std::span(&unknown, 1)));
  CHECK(count(folder.path("h.db"), kOne) == 1);
  REQUIRE(store.write(std::span(&windows.back(), 1)));  // after a replay it is told again
  CHECK(count(folder.path("h.db"), kOne) == 0);
}
