#include "daemon/history/writer.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <thread>

#include "daemon/history/reader.h"
#include "tests/daemon/history/closed_windows.h"
#include "tests/temp_folder.h"

using namespace driftd;
using namespace std::chrono_literals;

namespace {

constexpr HistoryLimits kWide{INT64_MAX / 2, 1ULL << 40};

// The writer and the thread it writes on, ended together.
class Running {
 public:
  explicit Running(std::string path, HistoryLimits limits = kWide) : writer_(std::move(path), limits), thread_([this] { writer_.run(); }) {}
  ~Running() { stop(); }
  void stop() {
    writer_.stop();
    if (thread_.joinable()) thread_.join();
  }
  HistoryWriter writer_;

 private:
  std::thread thread_;
};

}  // namespace

TEST_CASE("what is added is on disk when settled, and all of it at the end") {
  const TempFolder folder;
  const std::string path = folder.path("history.db");
  const test::ClosedWindows closed;
  Running running(path);
  running.writer_.add(closed.windows()[0]);
  running.writer_.add(closed.windows()[1]);
  running.writer_.settle();
  HistoryReader reader(path);
  CHECK(reader.segment_points("m", "all", {})->size() == 2);
  for (std::size_t i = 2; i < closed.windows().size(); ++i) running.writer_.add(closed.windows()[i]);
  running.stop();
  CHECK(reader.segment_points("m", "all", {})->size() == closed.windows().size());
  const HistoryStatus status = running.writer_.status();
  CHECK(status.enabled);
  CHECK(status.windows == closed.windows().size());
  CHECK(status.dropped == 0);
  CHECK_FALSE(status.failing);
  CHECK(status.size_bytes > 20'000);
}

TEST_CASE("the limits are kept while it runs") {
  const TempFolder folder;
  const test::ClosedWindows closed;
  Running running(folder.path("history.db"), {120'000'000, 1ULL << 40});
  for (const HistoryWindow& window : closed.windows()) running.writer_.add(window);
  running.stop();
  HistoryReader reader(folder.path("history.db"));
  CHECK(reader.segment_points("m", "all", {})->size() == 3);
}

TEST_CASE("nobody writes: the engine waits once, then windows are dropped and counted") {
  const TempFolder folder;
  const test::ClosedWindows closed;
  HistoryWriter writer(folder.path("history.db"), kWide);
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < HistoryWriter::kWaitingWindows + 50; ++i) writer.add(closed.windows()[0]);
  writer.settle();
  const auto took = std::chrono::steady_clock::now() - start;
  CHECK(writer.status().dropped == 50);
  CHECK(took >= HistoryWriter::kAddWait);
  CHECK(took < HistoryWriter::kPatience);
}

TEST_CASE("one window with more verdicts than may wait is taken alone") {
  const TempFolder folder;
  const test::ClosedWindows closed;
  auto judgement = std::make_shared<Judgement>(*closed.windows()[0].judgement);
  judgement->verdicts.resize(HistoryWriter::kWaitingVerdicts + 1, judgement->verdicts[0]);
  HistoryWindow large = closed.windows()[0];
  large.judgement = judgement;
  HistoryWriter writer(folder.path("history.db"), kWide);
  writer.add(large);
  CHECK(writer.status().dropped == 0);
  writer.add(closed.windows()[1]);
  CHECK(writer.status().dropped == 1);
}

TEST_CASE("a damaged file is set aside, and the history begins again") {
  const TempFolder folder;
  const std::string path = folder.path("history.db");
  folder.write("history.db", std::string(30'000, 'x'));
  const test::ClosedWindows closed;
  Running running(path);
  running.writer_.add(closed.windows()[0]);
  running.stop();
  CHECK(folder.read("history.db.damaged").size() == 30'000);
  CHECK(HistoryReader(path).segment_points("m", "all", {})->size() == 1);
  CHECK(running.writer_.status().windows == 1);
  CHECK(running.writer_.status().dropped == 0);
  CHECK_FALSE(running.writer_.status().failing);
}

TEST_CASE("damage that is met while writing: the window goes into the new file") {
  const TempFolder folder;
  const std::string path = folder.path("history.db");
  const test::ClosedWindows closed;
  {
    Running first(path);
    for (const HistoryWindow& window : closed.windows()) first.writer_.add(window);
  }
  // All pages but the first, which holds the header and the tables' names.
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4096);
  file << std::string(static_cast<std::size_t>(std::filesystem::file_size(path)) - 4096, '\xee');
  file.close();
  Running second(path);
  second.writer_.add(closed.windows()[0]);
  second.stop();
  CHECK(std::filesystem::exists(path + ".damaged"));
  CHECK(HistoryReader(path).segment_points("m", "all", {})->size() == 1);
}

TEST_CASE("a place that cannot be written costs windows, which are counted, and nothing else") {
  const TempFolder folder;
  const test::ClosedWindows closed;
  Running running(folder.path("no/history.db"));
  for (int i = 0; i < 3; ++i) running.writer_.add(closed.windows()[static_cast<std::size_t>(i)]);
  running.stop();
  const HistoryStatus status = running.writer_.status();
  CHECK(status.windows == 0);
  CHECK(status.dropped == 3);
  CHECK(status.failing);
}
