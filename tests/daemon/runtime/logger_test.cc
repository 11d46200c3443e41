#include "daemon/runtime/logger.h"

#include <doctest/doctest.h>

#include <thread>
#include <utility>
#include <vector>

namespace driftd {

namespace {

// A log that writes into a list, under a clock that stands still until moved.
struct TestLog {
  std::vector<std::string> lines;
  Logger::Now now{0, {}};
  Logger log;

  explicit TestLog(const LogConfig& config)
      : log(config, [this](LogLevel, const std::string& line) { lines.push_back(line); }, [this] { return now; }) {}
  void advance(std::chrono::seconds time) {
    now.steady += time;
    now.wall_us += std::chrono::microseconds(time).count();
  }
  std::vector<std::string> take() { return std::exchange(lines, {}); }
};

}  // namespace

TEST_CASE("records under the level are neither written nor counted") {
  TestLog test({.level = LogLevel::kWarn});
  test.log.log(LogLevel::kInfo, "e", "quiet", {});
  test.log.log(LogLevel::kWarn, "e", "loud", {{"n", 1}});
  CHECK(test.take() == std::vector<std::string>{"ts=1970-01-01T00:00:00.000Z level=warn event=e msg=\"loud\" n=1"});
  CHECK(test.log.counts() == std::map<std::string, std::uint64_t>{{"warn", 1}, {"error", 0}});
}

TEST_CASE("repeats are held, told when their time is over, and counted") {
  TestLog test({.repeat_limit = Milliseconds(10'000)});
  for (int i = 0; i < 4; ++i) test.log.log(LogLevel::kError, "broker_down", "no broker", {{"broker", "a:1"}, {"attempt", i}});
  CHECK(test.take() ==
        std::vector<std::string>{"ts=1970-01-01T00:00:00.000Z level=error event=broker_down msg=\"no broker\" broker=a:1 attempt=0"});

  test.advance(std::chrono::seconds(10));
  test.log.log(LogLevel::kInfo, "other", "something else", {});
  CHECK(test.take() == std::vector<std::string>{"ts=1970-01-01T00:00:10.000Z level=error event=broker_down msg=\"no broker (suppressed "
                                                "3)\" broker=a:1 suppressed=3",
                                                "ts=1970-01-01T00:00:10.000Z level=info event=other msg=\"something else\""});
  CHECK(test.log.counts() == std::map<std::string, std::uint64_t>{{"info", 1}, {"warn", 0}, {"error", 4}});
}

TEST_CASE("flush tells what is still held") {
  TestLog test({.format = LogFormat::kJson});
  for (int i = 0; i < 2; ++i) test.log.log(LogLevel::kInfo, "e", "m", {});
  test.take();
  test.log.flush();
  CHECK(test.take() == std::vector<std::string>{"{\"ts\":\"1970-01-01T00:00:00.000Z\",\"level\":\"info\",\"event\":\"e\",\"msg\":\"m "
                                                "(suppressed 1)\",\"suppressed\":1}"});
  test.log.flush();
  CHECK(test.take().empty());
}

TEST_CASE("a log that is set anew tells what it held, keeps its counts and goes by the new level and format") {
  TestLog test({});
  for (int i = 0; i < 2; ++i) test.log.log(LogLevel::kInfo, "e", "m", {});
  test.take();
  test.log.set({.level = LogLevel::kWarn, .format = LogFormat::kJson, .repeat_limit = Milliseconds(0)});
  CHECK(test.take() == std::vector<std::string>{"ts=1970-01-01T00:00:00.000Z level=info event=e msg=\"m (suppressed 1)\" suppressed=1"});
  test.log.log(LogLevel::kInfo, "e", "quiet", {});
  for (int i = 0; i < 2; ++i) test.log.log(LogLevel::kWarn, "e", "m", {});
  CHECK(test.take() ==
        std::vector<std::string>(2, "{\"ts\":\"1970-01-01T00:00:00.000Z\",\"level\":\"warn\",\"event\":\"e\",\"msg\":\"m\"}"));
  test.log.set({});
  CHECK(test.log.counts().at("info") == 2);
  CHECK(test.log.counts().at("warn") == 2);
}

TEST_CASE("threads write whole lines, none is lost") {
  TestLog test({.repeat_limit = Milliseconds(0)});
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 500; ++i) test.log.log(LogLevel::kInfo, "e", "m", {});
      });
    }
  }
  CHECK(test.take() == std::vector<std::string>(2000, "ts=1970-01-01T00:00:00.000Z level=info event=e msg=\"m\""));
  CHECK(test.log.counts().at("info") == 2000);
}

TEST_CASE("the process's log counts by level") {
  const auto before = log_counts();
  log_debug("log_test", "under the level");
  log_info("log_test", "a line that a test of the log writes", {{"of", "logger_test"}});
  const auto after = log_counts();
  CHECK(after.count("debug") == 0);
  CHECK(after.at("info") == before.at("info") + 1);
}

TEST_CASE("standard error is the journal only when it is the very stream that JOURNAL_STREAM names") {
  CHECK(is_journal("8:1234", 8, 1234));
  CHECK_FALSE(is_journal("8:1234", 8, 1235));
  CHECK_FALSE(is_journal("8:12345", 8, 1234));
  CHECK_FALSE(is_journal("", 8, 1234));
  CHECK_FALSE(is_journal(nullptr, 8, 1234));
}

}  // namespace driftd
